using System.Numerics.Tensors;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Encoders;

/// <summary>Makes one vector of the vectors of a text's tokens.</summary>
internal static class Pooling
{
    /// <summary>
    /// Rows [<paramref name="first"/>, <paramref name="first"/> + <paramref name="count"/>) of
    /// <paramref name="hidden"/> as one vector for each mode, joined.
    /// </summary>
    public static float[] Pool(IReadOnlyList<PoolingMode> modes, NativeMatrix hidden, int first, int count)
    {
        float[] joined = new float[hidden.Columns * modes.Count];
        for (int i = 0; i < modes.Count; i++)
        {
            Pool(modes[i], hidden, first, count, joined.AsSpan(i * hidden.Columns, hidden.Columns));
        }

        return joined;
    }

    /// <summary>Brings a vector to length 1; one that is all zero stays so.</summary>
    public static void Normalize(Span<float> vector) =>
        TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), 1e-12f), vector);

    private static void Pool(PoolingMode mode, NativeMatrix hidden, int first, int count, Span<float> pooled)
    {
        switch (mode)
        {
            case PoolingMode.Cls:
                hidden.RowSpan(first).CopyTo(pooled);
                break;
            case PoolingMode.LastToken:
                hidden.RowSpan(first + count - 1).CopyTo(pooled);
                break;
            case PoolingMode.Max:
                hidden.RowSpan(first).CopyTo(pooled);
                for (int i = 1; i < count; i++)
                {
                    TensorPrimitives.Max(pooled, hidden.RowSpan(first + i), pooled);
                }

                break;
            default:
                AddUp(mode, hidden, first, count, pooled);
                break;
        }
    }

    private static void AddUp(PoolingMode mode, NativeMatrix hidden, int first, int count, Span<float> pooled)
    {
        bool weighted = mode == PoolingMode.WeightedMean;
        for (int i = 0; i < count; i++)
        {
            TensorPrimitives.MultiplyAdd(hidden.RowSpan(first + i), weighted ? i + 1 : 1f, pooled, pooled);
        }

        float divisor = mode switch
        {
            PoolingMode.Mean => count,
            PoolingMode.MeanSqrtLen => MathF.Sqrt(count),
            PoolingMode.WeightedMean => count * (count + 1f) / 2,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "not a pooling mode"),
        };
        TensorPrimitives.Divide(pooled, divisor, pooled);
    }
}
