using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Decoders;

/// <summary>The weights of a llama-family decoder, in the precision of their file; norms and biases are widened.</summary>
internal sealed class LlamaWeights : IDisposable
{
    private readonly WeightStore _store = new();

    public LlamaWeights(LlamaConfig config, ITensorFile file)
    {
        try
        {
            LlamaArchitecture names = LlamaArchitecture.Of(file);
            names.Check(config, file);
            Embedding = _store.Matrix(file, names.Embedding, config.VocabSize, config.HiddenSize);
            Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => ReadLayer(config, file, names, layer))];
            FinalNorm = _store.Vector(file, names.FinalNorm, config.HiddenSize);
            Head = config.TieWordEmbeddings
                ? Embedding
                : _store.Matrix(file, LlamaArchitecture.OutputHead, config.VocabSize, config.HiddenSize);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Embedding { get; }

    public IReadOnlyList<LlamaLayer> Layers { get; }

    /// <summary>[1, hidden].</summary>
    public NativeMatrix FinalNorm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where they are tied.</summary>
    public WeightMatrix Head { get; }

    /// <summary>Bytes of all matrices.</summary>
    public long ByteLength => _store.ByteLength;

    public void Dispose() => _store.Dispose();

    private LlamaLayer ReadLayer(LlamaConfig config, ITensorFile file, LlamaArchitecture names, int layer)
    {
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        int queries = config.NumAttentionHeads * config.HeadDim;
        int keys = config.NumKeyValueHeads * config.HeadDim;
        return new LlamaLayer(
            _store.Vector(file, names.InputNorm(layer), hidden),
            _store.Linear(file, names.QProj(layer), queries, hidden, config.AttentionBias),
            _store.Linear(file, names.KProj(layer), keys, hidden, config.AttentionBias),
            _store.Linear(file, names.VProj(layer), keys, hidden, config.AttentionBias),
            _store.Linear(file, names.OProj(layer), hidden, queries, config.AttentionBias),
            _store.Vector(file, names.PostAttentionNorm(layer), hidden),
            _store.Linear(file, names.GateProj(layer), inner, hidden, config.MlpBias),
            _store.Linear(file, names.UpProj(layer), inner, hidden, config.MlpBias),
            _store.Linear(file, names.DownProj(layer), hidden, inner, config.MlpBias));
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
