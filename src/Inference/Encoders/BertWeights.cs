using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Encoders;

/// <summary>The weights of a BERT encoder, in the precision of their file; norms and biases are widened.</summary>
internal sealed class BertWeights : IDisposable
{
    private readonly WeightStore _store = new();

    public BertWeights(BertConfig config, ITensorFile file)
    {
        try
        {
            BertArchitecture names = BertArchitecture.Of(file);
            names.Check(config, file);
            int hidden = config.HiddenSize;
            Words = _store.Matrix(file, names.WordEmbeddings, config.VocabSize, hidden);
            Positions = _store.Matrix(file, names.PositionEmbeddings, config.MaxPositionEmbeddings, hidden);
            TokenTypes = _store.Matrix(file, names.TokenTypeEmbeddings, config.TypeVocabSize, hidden);
            EmbeddingNorm = _store.Norm(file, names.EmbeddingNorm, hidden);
            Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => new BertLayer(
                _store.Linear(file, names.Query(layer), hidden, hidden, bias: true),
                _store.Linear(file, names.Key(layer), hidden, hidden, bias: true),
                _store.Linear(file, names.Value(layer), hidden, hidden, bias: true),
                _store.Linear(file, names.AttentionOutput(layer), hidden, hidden, bias: true),
                _store.Norm(file, names.AttentionNorm(layer), hidden),
                _store.Linear(file, names.Intermediate(layer), config.IntermediateSize, hidden, bias: true),
                _store.Linear(file, names.Output(layer), hidden, config.IntermediateSize, bias: true),
                _store.Norm(file, names.OutputNorm(layer), hidden)))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Words { get; }

    /// <summary>[positions, hidden].</summary>
    public WeightMatrix Positions { get; }

    /// <summary>[types, hidden].</summary>
    public WeightMatrix TokenTypes { get; }

    public NormWeights EmbeddingNorm { get; }

    public IReadOnlyList<BertLayer> Layers { get; }

    /// <summary>Bytes of all matrices.</summary>
    public long ByteLength => _store.ByteLength;

    public void Dispose() => _store.Dispose();
}

/// <summary>One layer: attention, then the feed-forward, a norm after each.</summary>
internal sealed record BertLayer(
    LinearWeights Query,
    LinearWeights Key,
    LinearWeights Value,
    LinearWeights AttentionOutput,
    NormWeights AttentionNorm,
    LinearWeights Intermediate,
    LinearWeights Output,
    NormWeights OutputNorm);
