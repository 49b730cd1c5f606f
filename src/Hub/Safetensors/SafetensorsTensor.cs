using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How <paramref name="Data"/> stores the numbers; a type of safetensors.</param>
/// <param name="Shape">Outermost dimension first; empty for a scalar.</param>
/// <param name="Data">The little-endian bytes.</param>
public sealed record SafetensorsTensor(string Name, TensorType Type, ImmutableArray<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A tensor of singles; the values are copied.</summary>
    public static SafetensorsTensor FromFloats(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values) =>
        new(name, TensorType.F32, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
}
