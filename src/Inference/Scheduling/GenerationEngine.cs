using System.Runtime.CompilerServices;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Inference.Scheduling;

/// <summary>
/// Continues prompts with one decoder model. One thread runs steps, each for all sequences at once; sequences join and
/// leave between steps (continuous batching, Yu et al. 2022), and long prompts are run in pieces beside the others'
/// tokens. Safe for use by many threads.
/// </summary>
public sealed class GenerationEngine : IAsyncDisposable
{
    private readonly EngineLoop _loop;
    private readonly IDecoderBackend _backend;
    private readonly Func<bool, ITextStream> _textStreams;
    private readonly HashSet<int> _eos;
    private readonly TimeProvider _clock;
    private readonly string? _model;

    internal GenerationEngine(
        IDecoderBackend backend,
        Func<bool, ITextStream> textStreams,
        IEnumerable<int> eosTokenIds,
        GenerationEngineOptions options,
        TimeProvider clock,
        string? model = null)
    {
        options.Validate();
        _backend = backend;
        _textStreams = textStreams;
        _eos = [.. eosTokenIds];
        _clock = clock;
        _model = model;
        _loop = new EngineLoop(backend, options, clock);
    }

    /// <summary>Tokens that prompt and text can have in all.</summary>
    public int ContextLength => _backend.ContextLength;

    /// <summary>How many ids there are; a prompt's ids lie below.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <summary>Bytes of weights held in memory.</summary>
    public long WeightBytes => _backend.WeightBytes;

    /// <summary>The tokens that end a text unless a request names others.</summary>
    public IReadOnlySet<int> EosTokenIds => _eos;

    /// <summary>
    /// Loads a llama-family model, with its adapter where it has one: weights are copied into memory and the files closed.
    /// </summary>
    /// <param name="folder">The model.</param>
    /// <param name="options">Limits.</param>
    /// <param name="clock">The time.</param>
    /// <exception cref="InvalidModelFileException">A file is damaged, or the model is of another kind.</exception>
    public static GenerationEngine Load(ModelFolder folder, GenerationEngineOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        return Load(folder, Tokenizer.Load(ModelFiles.RequireTokenizer(folder)), options, clock);
    }

    /// <summary>As <see cref="Load(ModelFolder, GenerationEngineOptions, TimeProvider)"/>, with a tokenizer that is loaded already.</summary>
    /// <exception cref="InvalidModelFileException">A file is damaged, or the model is of another kind.</exception>
    public static GenerationEngine Load(ModelFolder folder, Tokenizer tokenizer, GenerationEngineOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        LlamaConfig config = LlamaConfig.From(folder.Config);
        using ITensorFile weights = folder.OpenWeights();
        using LoraAdapter? adapter = folder.OpenAdapter();
        LlamaBackend backend = LlamaBackend.Load(
            config, weights, folder.Config.Path, new LlamaBackendOptions { Threads = options.Threads, KvCacheBytes = options.KvCacheBytes }, adapter);
        return new GenerationEngine(
            backend,
            skipSpecialTokens => new TokenizerTextStream(tokenizer, skipSpecialTokens),
            folder.EosTokenIds,
            options,
            clock,
            Path.GetFileName(Path.TrimEndingDirectorySeparator(folder.Path)));
    }

    /// <summary>
    /// Continues a prompt. The stream ends with a chunk that has a finish reason; leaving it early, or cancelling, takes the
    /// sequence out of the batch before the next step.
    /// </summary>
    /// <param name="request">What to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgumentException">Something in the request is out of range.</exception>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for a token.</exception>
    /// <exception cref="QueueFullException">Too many requests wait; thrown when the stream is first read.</exception>
    /// <exception cref="GenerationFailedException">The step failed, or the engine was closed; thrown by the stream.</exception>
    /// <exception cref="ObjectDisposedException">The engine is closed; thrown when the stream is first read.</exception>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        GenerationRequest.Validate(request, _backend.VocabularySize);
        int room = (int)Math.Min(_backend.ContextLength, _backend.Capacity.TotalTokens) - request.PromptIds.Count;
        return room < 1
            ? throw new PromptTooLongException(request.PromptIds.Count, _backend.ContextLength)
            : StreamAsync(request, Math.Min(room, request.MaxTokens), cancellationToken);
    }

    /// <summary>What the engine is doing now.</summary>
    public EngineStatus GetStatus() => _loop.GetStatus();

    /// <summary>Takes no more requests, lets those it has finish for a while, then frees everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync().ConfigureAwait(false);
        _backend.Dispose();
    }

    private async IAsyncEnumerable<GenerationChunk> StreamAsync(
        GenerationRequest request, int maxTokens, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlySet<int> eos = request.EosTokenIds is null ? _eos : request.EosTokenIds.ToHashSet();
        Generation generation = new(request, maxTokens, eos, _textStreams(request.SkipSpecialTokens), _clock, _model);
        _loop.Submit(generation);
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => _loop.Cancel(generation), null);
        try
        {
            await foreach (GenerationChunk chunk in generation.Chunks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return chunk;
            }
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            _loop.Cancel(generation);
        }
    }
}
