using System.Collections.Immutable;

namespace LlmPlatform.Hub.Tensors;

/// <summary>Look-ups with clear errors.</summary>
public static class TensorFileExtensions
{
    /// <summary>The tensor of that name and, if <paramref name="shape"/> is given, of that shape.</summary>
    /// <exception cref="InvalidModelFileException">It is missing or has another shape.</exception>
    public static TensorInfo Require(this ITensorFile file, string name, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Tensors.TryGetValue(name, out TensorInfo? tensor))
        {
            throw new InvalidModelFileException(file.Path, $"tensor {name}", null, "the tensor to be there");
        }

        if (shape.Length > 0 && !tensor.Shape.AsSpan().SequenceEqual(shape))
        {
            ImmutableArray<long> expected = [.. shape];
            throw new InvalidModelFileException(
                file.Path, $"tensor {name}: shape", Shown.Shape(tensor.Shape), Shown.Shape(expected));
        }

        return tensor;
    }

    /// <summary>The whole tensor as a new array of floats.</summary>
    /// <exception cref="InvalidModelFileException">It is missing or has another shape.</exception>
    public static float[] ReadFloats(this ITensorFile file, string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = file.Require(name, shape);
        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        return values;
    }
}
