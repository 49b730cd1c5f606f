using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LlmPlatform.Retrieval.Index.Embedded.Vectors;

/// <summary>
/// Products of a query of 16-bit numbers with rows of 8-bit numbers. Both are padded with zeros to a multiple of
/// <see cref="Step"/>. The sums fit 32 bits because of how the query is scaled (<see cref="Quantizer"/>).
/// </summary>
internal static unsafe class QuantizedDot
{
    /// <summary>Rows are as long as a multiple of this.</summary>
    public const int Step = 32;

    /// <summary>The product by the widest instructions that the processor has.</summary>
    public static int Best(short* query, sbyte* row, int length) =>
        Avx512BW.IsSupported ? Wide512(query, row, length)
        : Avx2.IsSupported ? Wide256(query, row, length)
        : Vector128.IsHardwareAccelerated ? Wide128(query, row, length)
        : Portable(query, row, length);

    public static int Wide512(short* query, sbyte* row, int length)
    {
        Vector512<int> sum = Vector512<int>.Zero;
        for (int i = 0; i < length; i += 32)
        {
            Vector512<short> values = Avx512BW.ConvertToVector512Int16(Vector256.Load(row + i));
            sum += Avx512BW.MultiplyAddAdjacent(values, Vector512.Load(query + i));
        }

        return Vector512.Sum(sum);
    }

    public static int Wide256(short* query, sbyte* row, int length)
    {
        Vector256<int> sum = Vector256<int>.Zero, other = Vector256<int>.Zero;
        for (int i = 0; i < length; i += 32)
        {
            sum += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(row + i)), Vector256.Load(query + i));
            other += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(row + i + 16)), Vector256.Load(query + i + 16));
        }

        return Vector256.Sum(sum + other);
    }

    public static int Wide128(short* query, sbyte* row, int length)
    {
        Vector128<int> sum = Vector128<int>.Zero;
        for (int i = 0; i < length; i += 16)
        {
            (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(row + i));
            sum += Product(low, Vector128.Load(query + i)) + Product(high, Vector128.Load(query + i + 8));
        }

        return Vector128.Sum(sum);
    }

    public static int Portable(short* query, sbyte* row, int length)
    {
        int sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += query[i] * row[i];
        }

        return sum;
    }

    private static Vector128<int> Product(Vector128<short> left, Vector128<short> right)
    {
        (Vector128<int> leftLow, Vector128<int> leftHigh) = Vector128.Widen(left);
        (Vector128<int> rightLow, Vector128<int> rightHigh) = Vector128.Widen(right);
        return (leftLow * rightLow) + (leftHigh * rightHigh);
    }
}
