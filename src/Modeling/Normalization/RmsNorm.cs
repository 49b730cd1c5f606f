using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Normalization;

/// <summary>Root mean square norm (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + eps) * w.</summary>
public sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly double _epsilon;

    internal RmsNorm(long width, double epsilon, ScalarType dtype)
        : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        _weight = EmptyParameter.Of(dtype, width);
        RegisterComponents();
    }

    /// <summary>[..., width] to the same; at least float32 inside.</summary>
    public override Tensor forward(Tensor input)
    {
        if (input.dtype is ScalarType.Float32 or ScalarType.Float64)
        {
            return _weight * Normalized(input);
        }

        return _weight * Normalized(input.to(ScalarType.Float32)).to(input.dtype);
    }

    private Tensor Normalized(Tensor input) => input * input.square().mean([-1], keepdim: true).add(_epsilon).rsqrt();
}
