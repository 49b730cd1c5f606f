using System.Collections.Immutable;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Diagnostics;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Inference.Encoders;

/// <summary>
/// Turns texts into vectors with one BERT-family model, as sentence-transformers does: prompt, tokens, network, pooling,
/// further modules. Safe for use by many threads; batches of different calls take turns.
/// </summary>
public sealed class SentenceEncoder : IDisposable
{
    private readonly BertEncoder _network;
    private readonly Tokenizer _tokenizer;
    private readonly SentenceTransformersConfig _config;
    private readonly ImmutableArray<DenseModule?> _steps;
    private readonly SentenceEncoderOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private int _calls;
    private bool _disposed;

    private SentenceEncoder(ModelFolder folder, Tokenizer tokenizer, SentenceEncoderOptions options)
    {
        _tokenizer = tokenizer;
        _options = options;
        // A model without sentence-transformers' files is pooled by the mean, as that library does.
        _config = folder.SentenceTransformers ?? new SentenceTransformersConfig
        {
            Modules = [new SentenceModule("Transformer", ""), new SentenceModule("Pooling", "")],
            PoolingModes = [PoolingMode.Mean],
        };
        BertConfig config = BertConfig.From(folder.Config);
        VocabularySize = config.VocabSize;
        MaxSequenceLength = Math.Min(_config.MaxSeqLength ?? config.MaxPositionEmbeddings, config.MaxPositionEmbeddings);
        (_steps, Dimensions) = ReadSteps(folder, config.HiddenSize * _config.PoolingModes.Length);
        Activation activation = Activations.Parse(config.HiddenAct, folder.Config.Path);
        using ITensorFile weights = folder.OpenWeights();
        _network = new BertEncoder(config, new BertWeights(config, weights), KernelSet.Best, options.Threads, activation);
    }

    /// <summary>How many ids there are.</summary>
    public int VocabularySize { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Tokens of a text at most, special ones and the prompt's counted.</summary>
    public int MaxSequenceLength { get; }

    /// <summary>The model's prompts by name.</summary>
    public IReadOnlyDictionary<string, string> Prompts => _config.Prompts;

    /// <summary>The prompt that is used when none is asked for; null for none.</summary>
    public string? DefaultPromptName => _config.DefaultPromptName;

    /// <summary>How the model's vectors are meant to be compared: cosine, dot, euclidean or manhattan.</summary>
    public string SimilarityFunction => _config.SimilarityFunction;

    /// <summary>Whether the model's vectors have length 1.</summary>
    public bool Normalizes => _config.Normalize;

    /// <summary>Bytes of weights held in memory.</summary>
    public long WeightBytes => _network.WeightBytes;

    /// <summary>Loads a model: weights are copied into memory and the folder's files closed.</summary>
    /// <exception cref="InvalidModelFileException">A file is damaged, or the model is of another kind.</exception>
    public static SentenceEncoder Load(ModelFolder folder, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Load(folder, Tokenizer.Load(ModelFiles.RequireTokenizer(folder)), options);
    }

    /// <summary>As <see cref="Load(ModelFolder, SentenceEncoderOptions?)"/>, with a tokenizer that is loaded already.</summary>
    /// <exception cref="InvalidModelFileException">A file is damaged, or the model is of another kind.</exception>
    public static SentenceEncoder Load(ModelFolder folder, Tokenizer tokenizer, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(tokenizer);
        options ??= new SentenceEncoderOptions();
        options.Validate();
        return new SentenceEncoder(folder, tokenizer, options);
    }

    /// <summary>The vectors of texts, in their order.</summary>
    /// <param name="texts">The texts; an empty one is a text like any other.</param>
    /// <param name="options">How; null for the model's own way.</param>
    /// <param name="cancellationToken">Ends the work before the next batch.</param>
    /// <exception cref="ArgumentException">The model has no prompt of that name, or not so many dimensions.</exception>
    /// <exception cref="PromptTooLongException">A text is too long and may not be truncated.</exception>
    /// <exception cref="QueueFullException">Too many calls are under way.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is closed.</exception>
    public Task<Embedding[]> EmbedAsync(
        IReadOnlyList<string> texts, EmbedOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EmbedAsync([.. texts.Select(EncoderInput.FromText)], options, cancellationToken);
    }

    /// <summary>As <see cref="EmbedAsync(IReadOnlyList{string}, EmbedOptions?, CancellationToken)"/>, for texts and ids of texts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public async Task<Embedding[]> EmbedAsync(
        IReadOnlyList<EncoderInput> inputs, EmbedOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        options ??= new EmbedOptions();
        string prompt = ResolvePrompt(options);
        int dimensions = options.Dimensions ?? Dimensions;
        if (dimensions < 1 || dimensions > Dimensions)
        {
            throw new ArgumentOutOfRangeException(nameof(options), dimensions, $"Dimensions must be from 1 to {Dimensions}");
        }

        if (Interlocked.Increment(ref _calls) > _options.MaxCalls)
        {
            Interlocked.Decrement(ref _calls);
            throw new QueueFullException(_options.MaxCalls, TimeSpan.FromSeconds(1));
        }

        try
        {
            // Tokenizing and running are work for a while: never on the caller's thread.
            return await Task.Run(() => EmbedAsync(inputs, options, prompt, dimensions, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    /// <summary>Waits for the batch that is being run, then frees the weights.</summary>
    public void Dispose()
    {
        _turn.Wait();
        if (!_disposed)
        {
            _disposed = true;
            _network.Dispose();
        }

        _turn.Release();
    }

    private async Task<Embedding[]> EmbedAsync(
        IReadOnlyList<EncoderInput> inputs, EmbedOptions options, string prompt, int dimensions, CancellationToken cancellationToken)
    {
        int promptTokens = _config.IncludePrompt || prompt.Length == 0 ? 0 : CountPromptTokens(prompt);
        EncodedText[] encoded = [.. inputs.Select((input, index) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return input.Ids is null ? Encode(prompt + input.Text, index, options.Truncate) : Frame(input.Ids, index, options.Truncate);
        })];
        Embedding[] embeddings = new Embedding[inputs.Count];
        foreach (EncodedText[] batch in Batches(encoded))
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                Run(batch, promptTokens, options.Normalize ?? _config.Normalize, dimensions, embeddings);
            }
            finally
            {
                _turn.Release();
            }
        }

        return embeddings;
    }

    private void Run(EncodedText[] batch, int promptTokens, bool normalize, int dimensions, Embedding[] embeddings)
    {
        NativeMatrix hidden = _network.Forward([.. batch.Select(text => text.Ids)]);
        int first = 0;
        foreach (EncodedText text in batch)
        {
            int skipped = Math.Min(promptTokens, text.Ids.Length - 1);
            float[] vector = Pooling.Pool(_config.PoolingModes, hidden, first + skipped, text.Ids.Length - skipped);
            foreach (DenseModule? dense in _steps)
            {
                vector = dense?.Apply(vector) ?? Normalized(vector);
            }

            vector = vector.Length == dimensions ? vector : vector[..dimensions];
            embeddings[text.Index] = new Embedding(normalize ? Normalized(vector) : vector, text.Ids.Length, text.Truncated);
            first += text.Ids.Length;
        }

        InferenceTelemetry.EmbeddedTokens.Add(first);
        InferenceTelemetry.EmbeddedTexts.Add(batch.Length);
    }

    // Longest first, so that buffers grow once.
    private List<EncodedText[]> Batches(EncodedText[] texts)
    {
        List<EncodedText[]> batches = [];
        List<EncodedText> batch = [];
        int tokens = 0;
        foreach (EncodedText text in texts.OrderByDescending(text => text.Ids.Length).ThenBy(text => text.Index))
        {
            if (batch.Count > 0 && tokens + text.Ids.Length > _options.BatchTokens)
            {
                batches.Add([.. batch]);
                batch.Clear();
                tokens = 0;
            }

            batch.Add(text);
            tokens += text.Ids.Length;
        }

        if (batch.Count > 0)
        {
            batches.Add([.. batch]);
        }

        return batches;
    }

    private EncodedText Encode(string text, int index, bool truncate)
    {
        // As the reference does, before anything else.
        text = text.Trim();
        if (_config.DoLowerCase)
        {
            text = text.ToLowerInvariant();
        }

        int[] ids = _tokenizer.EncodeIds(text);
        if (ids.Length <= MaxSequenceLength)
        {
            return ids.Length > 0
                ? new EncodedText(index, ids, false)
                : throw new ArgumentException($"text {index} has no tokens, and the tokenizer adds none");
        }

        return truncate
            ? new EncodedText(index, _tokenizer.EncodeTruncated(text, MaxSequenceLength).Ids, true)
            : throw new PromptTooLongException(ids.Length, MaxSequenceLength);
    }

    private EncodedText Frame(int[] ids, int index, bool truncate)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"an id must be from 0 to {VocabularySize - 1}");
            }
        }

        int room = MaxSequenceLength - _tokenizer.AddSpecialTokens([]).Length;
        return ids.Length <= room ? new EncodedText(index, _tokenizer.AddSpecialTokens(ids), false)
            : truncate ? new EncodedText(index, _tokenizer.AddSpecialTokens(ids.AsSpan(0, room)), true)
            : throw new PromptTooLongException(ids.Length + MaxSequenceLength - room, MaxSequenceLength);
    }

    private string ResolvePrompt(EmbedOptions options)
    {
        string? name = options.PromptName ?? DefaultPromptName;
        return options.Prompt is not null ? options.Prompt
            : string.IsNullOrEmpty(name) ? ""
            : Prompts.TryGetValue(name, out string? prompt) ? prompt
            : throw new ArgumentException($"the model has no prompt named so; it has: {string.Join(", ", Prompts.Keys.DefaultIfEmpty("none"))}", nameof(options));
    }

    // The prompt's tokens with what stands before it, without what the tokenizer puts behind a text.
    private int CountPromptTokens(string prompt)
    {
        int[] ids = _tokenizer.EncodeIds(prompt);
        return ids.Length > 0 && _tokenizer.SpecialTokens.Values.Contains(ids[^1]) ? ids.Length - 1 : ids.Length;
    }

    // The modules after pooling; null stands for Normalize.
    private static (ImmutableArray<DenseModule?> Steps, int Dimensions) ReadSteps(ModelFolder folder, int dimensions)
    {
        ImmutableArray<DenseModule?>.Builder steps = ImmutableArray.CreateBuilder<DenseModule?>();
        foreach (SentenceModule module in folder.SentenceTransformers?.Modules ?? [])
        {
            switch (module.Type)
            {
                case "Transformer" or "Pooling":
                    break;
                case "Normalize":
                    steps.Add(null);
                    break;
                case "Dense":
                    DenseModule dense = new(Path.Combine(folder.Path, module.Path));
                    if (dense.InputSize != dimensions)
                    {
                        throw new InvalidModelFileException(Path.Combine(folder.Path, module.Path, "config.json"), "in_features", dense.InputSize, $"{dimensions}");
                    }

                    dimensions = dense.OutputSize;
                    steps.Add(dense);
                    break;
                default:
                    throw new InvalidModelFileException(Path.Combine(folder.Path, "modules.json"), "type", module.Type, "Transformer, Pooling, Dense or Normalize");
            }
        }

        return (steps.ToImmutable(), dimensions);
    }

    private static float[] Normalized(float[] vector)
    {
        Pooling.Normalize(vector);
        return vector;
    }

    private sealed record EncodedText(int Index, int[] Ids, bool Truncated);
}
