using System.Collections.Immutable;

namespace LlmPlatform.Hub.Tensors;

/// <summary>Where a tensor lies in its file and what it is.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Outermost dimension first, as Hugging Face writes it, whatever the file's own order; empty for a scalar.</param>
/// <param name="Offset">First byte, from the start of the file.</param>
/// <param name="ByteLength">Bytes in the file.</param>
public sealed record TensorInfo(string Name, TensorType Type, ImmutableArray<long> Shape, long Offset, long ByteLength)
{
    /// <summary>How many numbers it holds; 1 for a scalar.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in Shape)
            {
                count *= dimension;
            }

            return count;
        }
    }

    /// <summary>The innermost dimension; 1 for a scalar.</summary>
    public long RowLength => Shape.IsEmpty ? 1 : Shape[^1];

    /// <summary>How many rows of <see cref="RowLength"/> numbers it has.</summary>
    public long RowCount => RowLength == 0 ? 0 : ElementCount / RowLength;
}
