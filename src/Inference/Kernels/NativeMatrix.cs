using System.Runtime.InteropServices;

namespace LlmPlatform.Inference.Kernels;

/// <summary>
/// A matrix of floats outside the managed heap, [rows, columns]. Rows begin at 64-byte boundaries and are padded with
/// zeros to a multiple of 16 floats, so that kernels read whole vectors; kernels keep the padding zero.
/// </summary>
internal sealed unsafe class NativeMatrix : IDisposable
{
    private const int RowAlignment = 16;
    private float* _data;

    public NativeMatrix(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Stride = PaddedLength(columns);
        nuint bytes = checked((nuint)rows * (nuint)Stride * sizeof(float));
        _data = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        NativeMemory.Clear(_data, bytes);
    }

    ~NativeMatrix() => Free();

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; }

    public float* Data => _data;

    /// <summary>Columns rounded up to whole vectors of the widest path.</summary>
    public static int PaddedLength(int columns) => checked(columns + RowAlignment - 1) / RowAlignment * RowAlignment;

    public float* Row(int index) => _data + ((nint)index * Stride);

    public Span<float> RowSpan(int index) => new(Row(index), Columns);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
