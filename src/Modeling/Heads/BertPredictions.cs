using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Normalization;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>
/// Scores of words: decoder(norm(act(dense(x)))). Tied, the decoder is the word embedding and its bias is <c>bias</c>;
/// else it has both itself and <c>bias</c> is only there for the file.
/// </summary>
internal sealed class BertPredictions : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "transform")]
    private readonly BertTransform _transform;

    [ComponentName(Name = "decoder")]
    private readonly LinearLayer _decoder;

    private readonly bool _tied;

    public BertPredictions(BertConfig config, Func<Tensor, Tensor> activation, EmbeddingLayer? tiedTo, ScalarType dtype)
        : base(nameof(BertPredictions))
    {
        _tied = tiedTo is not null;
        _bias = EmptyParameter.Of(dtype, config.VocabSize);
        _transform = new BertTransform(config, activation, dtype);
        _decoder = tiedTo is not null
            ? LinearLayer.TiedTo(tiedTo)
            : new LinearLayer(config.HiddenSize, config.VocabSize, bias: true, dtype);
        RegisterComponents();
    }

    public Tensor Bias => _bias;

    public LinearLayer Decoder => _decoder;

    /// <summary>[..., hidden] to [..., vocab].</summary>
    public override Tensor forward(Tensor input)
    {
        Tensor scores = _decoder.call(_transform.call(input));
        return _tied ? scores + _bias : scores;
    }

    /// <summary>norm(act(dense(x))).</summary>
    private sealed class BertTransform : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "dense")]
        private readonly LinearLayer _dense;

        [ComponentName(Name = "LayerNorm")]
        private readonly LayerNorm _norm;

        private readonly Func<Tensor, Tensor> _activation;

        public BertTransform(BertConfig config, Func<Tensor, Tensor> activation, ScalarType dtype)
            : base(nameof(BertTransform))
        {
            _activation = activation;
            _dense = new LinearLayer(config.HiddenSize, config.HiddenSize, bias: true, dtype);
            _norm = new LayerNorm(config.HiddenSize, config.LayerNormEps, dtype);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _norm.call(_activation(_dense.call(input)));
    }
}
