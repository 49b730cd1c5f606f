using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Normalization;

/// <summary>Layer norm (Ba et al. 2016) with weight and bias.</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    private readonly double _epsilon;

    internal LayerNorm(long width, double epsilon, ScalarType dtype)
        : base(nameof(LayerNorm))
    {
        _epsilon = epsilon;
        _weight = EmptyParameter.Of(dtype, width);
        _bias = EmptyParameter.Of(dtype, width);
        RegisterComponents();
    }

    /// <summary>[..., width] to the same.</summary>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, [input.shape[^1]], _weight, _bias, _epsilon);
}
