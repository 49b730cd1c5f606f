using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.FeedForward;

/// <summary>act(dense(x)).</summary>
internal sealed class ActivatedDense : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "dense")]
    private readonly LinearLayer _dense;

    private readonly Func<Tensor, Tensor> _activation;

    public ActivatedDense(long inFeatures, long outFeatures, Func<Tensor, Tensor> activation, ScalarType dtype)
        : base(nameof(ActivatedDense))
    {
        _activation = activation;
        _dense = new LinearLayer(inFeatures, outFeatures, bias: true, dtype);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _activation(_dense.call(input));
}
