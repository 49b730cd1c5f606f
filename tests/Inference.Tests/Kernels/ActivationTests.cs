using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Tests.Kernels;

public sealed unsafe class ActivationTests
{
    // Silu is x / (1 + exp(-x)): what it is off by is mostly the exponential function's.
    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void The_exponential_function_is_right_over_its_whole_range(int path, string name)
    {
        const int Count = 1 << 16;
        using NativeMatrix values = new(1, Count);
        for (int i = 0; i < Count; i++)
        {
            values.Data[i] = (i - (Count / 2)) * (86f / (Count / 2));
        }

        float[] inputs = values.RowSpan(0).ToArray();
        KernelSet.Supported[path].Activate(Activation.Silu, values.Data, Count);
        for (int i = 0; i < Count; i++)
        {
            double expected = inputs[i] / (1 + Math.Exp(-(double)inputs[i]));
            Assert.True(Math.Abs(values.Data[i] - expected) <= 4e-7 * Math.Abs(expected), $"{name}: silu({inputs[i]:r}) is {values.Data[i]:r}, not {expected:r}");
        }
    }

    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void Far_out_it_is_zero_or_infinite_and_what_is_not_a_number_stays_so(int path, string name)
    {
        float[] inputs = [-1e30f, -500, -90, -0f, 90, 500, 1e30f, float.PositiveInfinity, float.NaN];
        float[] expected = [0, 0, 0, 0, 90, 500, 1e30f, float.PositiveInfinity, float.NaN];
        using NativeMatrix values = new(1, inputs.Length);
        inputs.CopyTo(values.RowSpan(0));
        KernelSet.Supported[path].Activate(Activation.Silu, values.Data, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.True(expected[i].Equals(values.Data[i]) || Math.Abs(values.Data[i] - expected[i]) < 1e-30f, $"{name}: silu({inputs[i]}) is {values.Data[i]}");
        }
    }
}
