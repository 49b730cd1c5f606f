using System.Runtime.InteropServices;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Inference.Kernels;

/// <summary>
/// The weights of a linear layer, [rows (outputs), columns (inputs)], in the precision of their file. A copy of our own,
/// outside the managed heap: the file may be closed (its pages do not count twice), and nobody can change it under us.
/// Types without a kernel are widened to F32 when loaded.
/// </summary>
internal sealed unsafe class WeightMatrix : IDisposable
{
    private const int CopyBytes = 1 << 24;
    private byte* _data;

    private WeightMatrix(TensorType type, int rows, int columns)
    {
        Type = type;
        Rows = rows;
        Columns = columns;
        RowBytes = (nint)TensorTypes.ByteLength(type, columns);
        ByteLength = checked(rows * (long)RowBytes);
        // Vector loads of the last row's last block stay inside: the slack is one widest vector.
        _data = (byte*)NativeMemory.AlignedAlloc(checked((nuint)ByteLength + 64), 64);
    }

    ~WeightMatrix() => Free();

    public TensorType Type { get; }

    public int Rows { get; }

    public int Columns { get; }

    public nint RowBytes { get; }

    /// <summary>Bytes held.</summary>
    public long ByteLength { get; }

    public byte* Data => _data;

    /// <summary>Copies a tensor of shape [rows, columns].</summary>
    /// <exception cref="LlmPlatform.Hub.InvalidModelFileException">It is missing or has another shape.</exception>
    public static WeightMatrix Load(ITensorFile file, string name, int rows, int columns) =>
        Load(file, file.Require(name, rows, columns), rows, columns);

    /// <summary>From floats, [rows, columns] row by row; for tests.</summary>
    public static WeightMatrix FromFloats(int rows, int columns, ReadOnlySpan<float> values)
    {
        WeightMatrix matrix = new(TensorType.F32, rows, columns);
        values[..checked(rows * columns)].CopyTo(new Span<float>(matrix._data, rows * columns));
        return matrix;
    }

    /// <summary>From bytes as a file of that type holds them; for tests.</summary>
    public static WeightMatrix FromBytes(TensorType type, int rows, int columns, ReadOnlySpan<byte> bytes)
    {
        WeightMatrix matrix = new(type, rows, columns);
        bytes[..checked((int)matrix.ByteLength)].CopyTo(new Span<byte>(matrix._data, (int)matrix.ByteLength));
        return matrix;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static WeightMatrix Load(ITensorFile file, TensorInfo tensor, int rows, int columns)
    {
        bool keep = tensor.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16
            or TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q8_0;
        WeightMatrix matrix = new(keep ? tensor.Type : TensorType.F32, rows, columns);
        int step = Math.Max(1, (int)Math.Min(rows, CopyBytes / Math.Max(1, matrix.RowBytes)));
        for (int row = 0; row < rows; row += step)
        {
            int count = Math.Min(step, rows - row);
            byte* destination = matrix._data + (row * matrix.RowBytes);
            if (keep)
            {
                ReadOnlySpan<byte> source = file.GetRowBytes(tensor, row, count);
                source.CopyTo(new Span<byte>(destination, source.Length));
            }
            else
            {
                file.ReadRows(tensor, row, count, new Span<float>(destination, checked(count * columns)));
            }
        }

        return matrix;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
