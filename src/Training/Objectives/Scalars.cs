namespace LlmPlatform.Training.Objectives;

/// <summary>Numbers out of tensors.</summary>
internal static class Scalars
{
    /// <summary>The number of a tensor that holds one, whatever its type.</summary>
    public static double Of(Tensor value)
    {
        using Tensor plain = value.detach();
        using Tensor wide = plain.to(ScalarType.Float64);
        return wide.item<double>();
    }

    /// <summary>The numbers of a tensor.</summary>
    public static float[] All(Tensor values)
    {
        using Tensor plain = values.detach();
        using Tensor narrow = plain.to(ScalarType.Float32);
        return narrow.data<float>().ToArray();
    }
}
