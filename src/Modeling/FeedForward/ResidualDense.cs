using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Normalization;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.FeedForward;

/// <summary>norm(dense(x) + residual): how a BERT layer ends attention and feed-forward.</summary>
internal sealed class ResidualDense : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "dense")]
    private readonly LinearLayer _dense;

    [ComponentName(Name = "LayerNorm")]
    private readonly LayerNorm _norm;

    public ResidualDense(long inFeatures, long outFeatures, double epsilon, ScalarType dtype)
        : base(nameof(ResidualDense))
    {
        _dense = new LinearLayer(inFeatures, outFeatures, bias: true, dtype);
        _norm = new LayerNorm(outFeatures, epsilon, dtype);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor residual) => _norm.call(_dense.call(input) + residual);
}
