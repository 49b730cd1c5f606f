using LlmPlatform.Hub.Quantization;

namespace LlmPlatform.Hub.Tensors;

/// <summary>What the readers of both formats share: checked tensors over a mapped file.</summary>
internal sealed class MappedTensors(MappedFile file, IReadOnlyDictionary<string, TensorInfo> tensors) : ITensorFile
{
    public string Path => file.Path;

    public IReadOnlyDictionary<string, TensorInfo> Tensors => tensors;

    public ReadOnlySpan<byte> GetRowBytes(TensorInfo tensor, long firstRow, long rowCount)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        (long offset, long length) = Rows(tensor, firstRow, rowCount);
        if (length > int.MaxValue)
        {
            throw new NotSupportedException($"tensor {tensor.Name}: {length} bytes at once; read fewer rows");
        }

        return file.Slice(tensor.Offset + offset, (int)length);
    }

    public ReadOnlySpan<byte> GetBytes(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ByteLength > int.MaxValue)
        {
            throw new NotSupportedException($"tensor {tensor.Name}: {tensor.ByteLength} bytes at once; read it by rows");
        }

        return file.Slice(tensor.Offset, (int)tensor.ByteLength);
    }

    public void ReadRows(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (destination.Length != rowCount * tensor.RowLength)
        {
            throw new ArgumentException(
                $"tensor {tensor.Name}: {rowCount} rows of {tensor.RowLength} do not fill {destination.Length} places", nameof(destination));
        }

        Dequantizer.ToFloats(tensor.Type, GetRowBytes(tensor, firstRow, rowCount), destination);
    }

    public void ReadFloats(TensorInfo tensor, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (destination.Length != tensor.ElementCount)
        {
            throw new ArgumentException(
                $"tensor {tensor.Name}: {tensor.ElementCount} values do not fill {destination.Length} places", nameof(destination));
        }

        if (tensor.ByteLength <= int.MaxValue)
        {
            Dequantizer.ToFloats(tensor.Type, GetBytes(tensor), destination);
            return;
        }

        for (long row = 0; row < tensor.RowCount; row++)
        {
            ReadRows(tensor, row, 1, destination.Slice((int)(row * tensor.RowLength), (int)tensor.RowLength));
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>The bytes of rows, from the tensor's start.</summary>
    private static (long Offset, long Length) Rows(TensorInfo tensor, long firstRow, long rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, tensor.RowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, tensor.RowCount - firstRow);
        if (tensor.RowLength % TensorTypes.BlockLength(tensor.Type) != 0)
        {
            throw new NotSupportedException($"tensor {tensor.Name}: rows of {tensor.RowLength} {tensor.Type} do not begin at a byte");
        }

        long rowBytes = TensorTypes.ByteLength(tensor.Type, tensor.RowLength);
        return (firstRow * rowBytes, rowCount * rowBytes);
    }
}
