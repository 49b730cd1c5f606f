using TorchSharp;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>Compares tensors.</summary>
internal static class Close
{
    /// <summary>
    /// Each within absolute + relative * |expected|; only the places of <paramref name="mask"/> [batch, sequence] that are
    /// not 0, where it is given.
    /// </summary>
    public static void AssertAll(
        torch.Tensor expected, torch.Tensor actual, string what, torch.Tensor? mask = null, double absolute = 2e-4, double relative = 1e-4)
    {
        using IDisposable scope = torch.NewDisposeScope();
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{what}: shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", expected.shape)}]");
        (torch.Tensor left, torch.Tensor right) = (expected.to(torch.ScalarType.Float64), actual.detach().to(torch.ScalarType.Float64));
        if (mask is not null)
        {
            torch.Tensor places = (mask != 0).flatten();
            left = left.flatten(0, 1)[places];
            right = right.flatten(0, 1)[places];
        }

        torch.Tensor excess = (left - right).abs() - (absolute + (relative * left.abs()));
        double worst = excess.numel() == 0 ? 0 : excess.nan_to_num(double.MaxValue).max().item<double>();
        Assert.True(worst <= 0, $"{what}: beyond the tolerance by {worst}, largest difference {(left - right).abs().max().item<double>()}");
    }
}
