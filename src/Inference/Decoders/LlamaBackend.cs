using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Decoders;

/// <summary>The llama family on the processor, in float32, with paged keys and values.</summary>
public sealed class LlamaBackend : IDecoderBackend
{
    private readonly LlamaDecoder _decoder;
    private readonly KvBlockPool _pool;
    private readonly List<DecoderToken> _tokens = [];
    private readonly List<int> _outputs = [];

    internal LlamaBackend(
        LlamaConfig config, ITensorFile weights, string configPath, LlamaBackendOptions options, KernelSet kernels, LoraAdapter? adapter = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.KvCacheBytes);
        Activation activation = Activations.Parse(config.HiddenAct, configPath);
        nuint blockBytes = KvBlockPool.BlockBytes(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim);
        int blocks = (int)Math.Clamp(options.KvCacheBytes / (double)blockBytes, 1, int.MaxValue / KvLayout.BlockPositions);
        ContextLength = Math.Min(config.MaxPositionEmbeddings, blocks * KvLayout.BlockPositions);
        VocabularySize = config.VocabSize;
        _decoder = new LlamaDecoder(config, new LlamaWeights(config, weights, adapter), kernels, options.Threads, ContextLength, activation);
        _pool = new KvBlockPool(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, blocks);
        KernelName = kernels.Name;
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public int ContextLength { get; }

    /// <inheritdoc/>
    public DecoderCapacity Capacity => new(
        (long)_pool.Blocks * KvLayout.BlockPositions,
        (long)_pool.FreeBlocks * KvLayout.BlockPositions);

    /// <summary>The vector width in use.</summary>
    public string KernelName { get; }

    /// <summary>Bytes of weights held in memory.</summary>
    public long WeightBytes => _decoder.WeightBytes;

    internal LlamaDecoder Decoder => _decoder;

    /// <summary>
    /// Copies the weights of a llama model, and of an adapter that is applied to them in every step, into memory; the files
    /// may be closed afterwards.
    /// </summary>
    /// <exception cref="LlmPlatform.Hub.InvalidModelFileException">A tensor is missing or has another shape, or a setting is not supported.</exception>
    public static LlamaBackend Load(LlamaConfig config, ITensorFile weights, string configPath, LlamaBackendOptions options, LoraAdapter? adapter = null) =>
        new(config, weights, configPath, options, KernelSet.Best, adapter);

    /// <inheritdoc/>
    public IDecoderSequence? TryOpen(int promptTokens, int newTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(promptTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(newTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)promptTokens + newTokens, ContextLength, nameof(newTokens));
        return _pool.TryReserve(promptTokens + newTokens) is KvSequence cache ? new LlamaSequence(cache, promptTokens, ContextLength) : null;
    }

    /// <inheritdoc/>
    public void Step(IReadOnlyList<DecoderInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _tokens.Clear();
        _outputs.Clear();
        foreach (DecoderInput input in inputs)
        {
            Add(input);
        }

        NativeMatrix logits = _decoder.Forward(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tokens),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_outputs));
        int row = 0;
        foreach (DecoderInput input in inputs)
        {
            if (!input.Logits.IsEmpty)
            {
                logits.RowSpan(row++).CopyTo(input.Logits.Span);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _pool.Dispose();
    }

    private void Add(DecoderInput input)
    {
        LlamaSequence sequence = (LlamaSequence)input.Sequence;
        int start = sequence.Cache.Length;
        sequence.Cache.Extend(start + input.Tokens.Length);
        ReadOnlySpan<int> ids = input.Tokens.Span;
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(input), ids[i], $"a token id must be from 0 to {VocabularySize - 1}");
            }

            // A prompt is one call, however it is cut; each later token is a call of its own.
            int position = start + i;
            int callLength = Math.Max(sequence.PromptTokens, position + 1);
            _tokens.Add(new DecoderToken(ids[i], sequence.Cache, position, callLength));
        }

        if (!input.Logits.IsEmpty)
        {
            _outputs.Add(_tokens.Count - 1);
        }
    }

    private sealed class LlamaSequence(KvSequence cache, int promptTokens, int contextLength) : IDecoderSequence
    {
        public KvSequence Cache { get; } = cache;

        public int PromptTokens { get; } = promptTokens;

        public int Length => Cache.Length;

        public bool TryMakeRoom(int tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, contextLength);
            return Cache.TryReserve(tokens);
        }

        public void Dispose() => Cache.Dispose();
    }
}
