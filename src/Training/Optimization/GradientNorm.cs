using TorchSharp;

namespace LlmPlatform.Training.Optimization;

/// <summary>The 2-norm of all gradients together.</summary>
public static class GradientNorm
{
    // As in torch.nn.utils.clip_grad_norm_.
    private const double Epsilon = 1e-6;

    /// <summary>Measures it; not a number where a gradient is none.</summary>
    public static double Of(IEnumerable<TrainedParameter> parameters)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] norms = [.. parameters.Select(parameter => parameter.Gradient).OfType<Tensor>().Select(gradient => gradient.to(Wide(gradient.dtype)).norm())];
        return norms.Length == 0 ? 0 : stack(norms).norm().to(ScalarType.Float64).item<double>();
    }

    /// <summary>What gradients are multiplied by so that their norm is at most <paramref name="limit"/>; 0: no limit.</summary>
    public static double Scale(double norm, double limit) => limit > 0 ? Math.Min(1, limit / (norm + Epsilon)) : 1;

    private static ScalarType Wide(ScalarType dtype) => dtype == ScalarType.Float64 ? dtype : ScalarType.Float32;
}
