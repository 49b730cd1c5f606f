using System.Numerics;
using System.Numerics.Tensors;

namespace LlmPlatform.Retrieval.Index.Embedded.Vectors;

/// <summary>Makes whole numbers of vectors: 8 bits for rows, 16 for queries, each with a scale of its own.</summary>
internal static class Quantizer
{
    /// <summary>The length of a row of so many dimensions.</summary>
    public static int Padded(int dimensions) => (dimensions + QuantizedDot.Step - 1) / QuantizedDot.Step * QuantizedDot.Step;

    /// <param name="vector">The vector.</param>
    /// <param name="row">Receives numbers from -127 to 127; padded with zeros.</param>
    /// <returns>What 1 is in the row.</returns>
    public static float Row(ReadOnlySpan<float> vector, Span<sbyte> row)
    {
        row.Clear();
        float most = Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        if (most == 0)
        {
            return 0;
        }

        float scale = most / sbyte.MaxValue;
        for (int i = 0; i < vector.Length; i++)
        {
            row[i] = (sbyte)Math.Clamp(MathF.Round(vector[i] / scale), -sbyte.MaxValue, sbyte.MaxValue);
        }

        return scale;
    }

    /// <summary>As <see cref="Row"/>, with numbers so small that no product of the two can overflow.</summary>
    public static float Query(ReadOnlySpan<float> vector, Span<short> row)
    {
        row.Clear();
        float most = Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        if (most == 0)
        {
            return 0;
        }

        int limit = Math.Min(short.MaxValue, int.MaxValue / (sbyte.MaxValue * row.Length));
        float scale = most / limit;
        for (int i = 0; i < vector.Length; i++)
        {
            row[i] = (short)Math.Clamp(MathF.Round(vector[i] / scale), -limit, limit);
        }

        return scale;
    }

    /// <summary>The product of two vectors, summed in double precision: what hits are ordered by.</summary>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<double> sum = Vector<double>.Zero;
        int i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(left[i..]), out Vector<double> leftLow, out Vector<double> leftHigh);
            Vector.Widen(new Vector<float>(right[i..]), out Vector<double> rightLow, out Vector<double> rightHigh);
            sum += (leftLow * rightLow) + (leftHigh * rightHigh);
        }

        double total = Vector.Sum(sum);
        for (; i < left.Length; i++)
        {
            total += (double)left[i] * right[i];
        }

        return total;
    }
}
