using System.Collections.Immutable;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>A tensor whose bytes are made while they are written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How the bytes store the numbers; a type of safetensors.</param>
/// <param name="Shape">Outermost dimension first; empty for a scalar.</param>
/// <param name="WriteAsync">Writes the little-endian bytes, all of them and nothing else.</param>
public sealed record SafetensorsSource(
    string Name, TensorType Type, ImmutableArray<long> Shape, Func<Stream, CancellationToken, Task> WriteAsync)
{
    /// <summary>How many bytes it has.</summary>
    /// <exception cref="OverflowException">More than a long can count.</exception>
    public long ByteLength
    {
        get
        {
            long count = 1;
            foreach (long dimension in Shape)
            {
                count = checked(count * dimension);
            }

            return TensorTypes.ByteLength(Type, count);
        }
    }
}
