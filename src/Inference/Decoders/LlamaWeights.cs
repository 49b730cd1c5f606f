using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Decoders;

/// <summary>The weights of a llama-family decoder, in the precision of their file; norms and biases are widened.</summary>
internal sealed class LlamaWeights : IDisposable
{
    private readonly WeightStore _store = new();

    /// <param name="config">The settings.</param>
    /// <param name="file">The base.</param>
    /// <param name="adapter">What is added to it; null for nothing.</param>
    public LlamaWeights(LlamaConfig config, ITensorFile file, LoraAdapter? adapter = null)
    {
        try
        {
            LlamaArchitecture names = LlamaArchitecture.Of(file);
            names.Check(config, file);
            AdaptedLayers adapted = new(_store, file, adapter);
            Embedding = adapted.Matrix(LlamaModules.Embedding, names.Embedding, config.VocabSize, config.HiddenSize);
            EmbeddingAdapter = adapted.Embedding();
            Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => ReadLayer(config, file, adapted, names, layer))];
            FinalNorm = _store.Vector(file, names.FinalNorm, config.HiddenSize);
            Head = adapted.Head(config, Embedding);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Embedding { get; }

    /// <summary>What an adapter adds to rows of the embedding; null for nothing.</summary>
    public EmbeddingAdapter? EmbeddingAdapter { get; }

    public IReadOnlyList<LlamaLayer> Layers { get; }

    /// <summary>[1, hidden].</summary>
    public NativeMatrix FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where they are tied.</summary>
    public LinearWeights Head { get; }

    /// <summary>Bytes of all matrices.</summary>
    public long ByteLength => _store.ByteLength;

    public void Dispose() => _store.Dispose();

    private LlamaLayer ReadLayer(LlamaConfig config, ITensorFile file, AdaptedLayers adapted, LlamaArchitecture names, int layer)
    {
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        int queries = config.NumAttentionHeads * config.HeadDim;
        int keys = config.NumKeyValueHeads * config.HeadDim;
        return new LlamaLayer(
            _store.Vector(file, names.InputNorm(layer), hidden),
            adapted.Linear(LlamaModules.Layer(layer, "self_attn.q_proj"), names.QProj(layer), queries, hidden, config.AttentionBias),
            adapted.Linear(LlamaModules.Layer(layer, "self_attn.k_proj"), names.KProj(layer), keys, hidden, config.AttentionBias),
            adapted.Linear(LlamaModules.Layer(layer, "self_attn.v_proj"), names.VProj(layer), keys, hidden, config.AttentionBias),
            adapted.Linear(LlamaModules.Layer(layer, "self_attn.o_proj"), names.OProj(layer), hidden, queries, config.AttentionBias),
            _store.Vector(file, names.PostAttentionNorm(layer), hidden),
            adapted.Linear(LlamaModules.Layer(layer, "mlp.gate_proj"), names.GateProj(layer), inner, hidden, config.MlpBias),
            adapted.Linear(LlamaModules.Layer(layer, "mlp.up_proj"), names.UpProj(layer), inner, hidden, config.MlpBias),
            adapted.Linear(LlamaModules.Layer(layer, "mlp.down_proj"), names.DownProj(layer), hidden, inner, config.MlpBias));
    }
}

/// <summary>One layer: attention, then the gated feed-forward, a norm before each.</summary>
internal sealed record LlamaLayer(
    NativeMatrix InputNorm,
    LinearWeights Query,
    LinearWeights Key,
    LinearWeights Value,
    LinearWeights AttentionOutput,
    NativeMatrix PostAttentionNorm,
    LinearWeights Gate,
    LinearWeights Up,
    LinearWeights Down);
