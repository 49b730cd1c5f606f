using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels;

/// <summary>The kernels, written once and compiled for each vector width.</summary>
/// <remarks>
/// Those with loops are compiled once, fully optimised: what tiers would learn from a slow first version is not worth the
/// first prompt.
/// </remarks>
internal sealed unsafe partial class VectorKernels<TSimd, TVector> : KernelSet
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override string Name => TSimd.Name;

    public override void Attend(
        float* query, float** blocks, nint keyOffset, nint valueOffset, int positions, int headDim, float scale, float* scores, float* output)
    {
        int end = KvLayout.Blocks(positions) * KvLayout.BlockPositions;
        Scores(query, blocks, keyOffset, positions, headDim, scale, scores);
        float sum = Exponentials(scores, end, Largest(scores, positions, end));
        Mix(scores, blocks, valueOffset, positions, headDim, 1 / sum, output);
    }

    // scores[p] = scale * q . k[p]; lanes are positions, so nothing is summed across lanes. Four partial sums over the
    // head's dimensions hide the latency.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores(float* query, float** blocks, nint keyOffset, int positions, int headDim, float scale, float* scores)
    {
        TVector factor = TSimd.Broadcast(scale);
        int whole = headDim / 4 * 4;
        for (int first = 0, block = 0; first < positions; first += KvLayout.BlockPositions, block++)
        {
            for (int lane = 0; lane < KvLayout.BlockPositions; lane += TSimd.Width)
            {
                float* key = blocks[block] + keyOffset + lane;
                TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
                int d = 0;
                for (; d < whole; d += 4, key += 4 * KvLayout.BlockPositions)
                {
                    a0 = TSimd.MultiplyAdd(TSimd.Broadcast(query[d]), TSimd.Load(key), a0);
                    a1 = TSimd.MultiplyAdd(TSimd.Broadcast(query[d + 1]), TSimd.Load(key + KvLayout.BlockPositions), a1);
                    a2 = TSimd.MultiplyAdd(TSimd.Broadcast(query[d + 2]), TSimd.Load(key + (2 * KvLayout.BlockPositions)), a2);
                    a3 = TSimd.MultiplyAdd(TSimd.Broadcast(query[d + 3]), TSimd.Load(key + (3 * KvLayout.BlockPositions)), a3);
                }

                for (; d < headDim; d++, key += KvLayout.BlockPositions)
                {
                    a0 = TSimd.MultiplyAdd(TSimd.Broadcast(query[d]), TSimd.Load(key), a0);
                }

                TVector dot = TSimd.Add(TSimd.Add(a0, a1), TSimd.Add(a2, a3));
                TSimd.Store(TSimd.Multiply(dot, factor), scores + first + lane);
            }
        }
    }

    // Of the first scores so many are of keys that are seen; those behind them, up to the end, are made to weigh nothing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Largest(float* scores, int positions, int end)
    {
        new Span<float>(scores + positions, end - positions).Fill(float.NegativeInfinity);
        TVector largest = TSimd.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < end; i += TSimd.Width)
        {
            largest = TSimd.Max(largest, TSimd.Load(scores + i));
        }

        return TSimd.MaxAcross(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentials(float* scores, int end, float largest)
    {
        TVector shift = TSimd.Broadcast(largest);
        TVector sum = TSimd.Zero;
        for (int i = 0; i < end; i += TSimd.Width)
        {
            TVector exponential = Exp(TSimd.Subtract(TSimd.Load(scores + i), shift));
            TSimd.Store(exponential, scores + i);
            sum = TSimd.Add(sum, exponential);
        }

        return TSimd.Sum(sum);
    }

    // output[d] = sum over p of scores[p] * v[p, d], times factor; four vectors of the head's dimensions at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix(float* scores, float** blocks, nint valueOffset, int positions, int headDim, float factor, float* output)
    {
        int stride = NativeMatrix.PaddedLength(headDim);
        TVector scale = TSimd.Broadcast(factor);
        float* rest = stackalloc float[16];
        int step = 4 * TSimd.Width;
        for (int d = 0; d < headDim; d += step)
        {
            // Rows are padded: vectors behind the head's end read its padding, or are kept at the last one that is inside.
            int d1 = Math.Min(d + TSimd.Width, stride - TSimd.Width);
            int d2 = Math.Min(d + (2 * TSimd.Width), stride - TSimd.Width);
            int d3 = Math.Min(d + (3 * TSimd.Width), stride - TSimd.Width);
            TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
            for (int first = 0, block = 0; first < positions; first += KvLayout.BlockPositions, block++)
            {
                float* value = blocks[block] + valueOffset;
                int count = Math.Min(KvLayout.BlockPositions, positions - first);
                for (int i = 0; i < count; i++, value += stride)
                {
                    TVector weight = TSimd.Broadcast(scores[first + i]);
                    a0 = TSimd.MultiplyAdd(weight, TSimd.Load(value + d), a0);
                    a1 = TSimd.MultiplyAdd(weight, TSimd.Load(value + d1), a1);
                    a2 = TSimd.MultiplyAdd(weight, TSimd.Load(value + d2), a2);
                    a3 = TSimd.MultiplyAdd(weight, TSimd.Load(value + d3), a3);
                }
            }

            StorePart(TSimd.Multiply(a0, scale), output, d, headDim, rest);
            StorePart(TSimd.Multiply(a1, scale), output, d + TSimd.Width, headDim, rest);
            StorePart(TSimd.Multiply(a2, scale), output, d + (2 * TSimd.Width), headDim, rest);
            StorePart(TSimd.Multiply(a3, scale), output, d + (3 * TSimd.Width), headDim, rest);
        }
    }

    // The next head's output begins right behind this one's: only what belongs to the head is written. No call is made: sums
    // that have to outlive one would be kept in memory all along.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePart(TVector value, float* output, int d, int headDim, float* rest)
    {
        if (d + TSimd.Width <= headDim)
        {
            TSimd.Store(value, output + d);
        }
        else if (d < headDim)
        {
            TSimd.Store(value, rest);
            for (int i = d; i < headDim; i++)
            {
                output[i] = rest[i - d];
            }
        }
    }
}
