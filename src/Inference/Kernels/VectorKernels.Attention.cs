using System.Runtime.CompilerServices;

namespace LlmPlatform.Inference.Kernels;

// Four queries over the same keys and values, which are read once for the four. Every sum has the order that it has for a
// single query.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    public override void AttendGroup(
        float* queries, nint queryStride, int count, float** blocks, nint keyOffset, nint valueOffset, int positions, int step, int headDim, float scale, float* scores, float* outputs, nint outputStride)
    {
        if (count < KvLayout.GroupQueries)
        {
            for (int i = 0; i < count; i++)
            {
                Attend(queries + (i * queryStride), blocks, keyOffset, valueOffset, positions + (i * step), headDim, scale, scores, outputs + (i * outputStride));
            }

            return;
        }

        // Keys that only later queries of the group see get the weight 0 in the earlier ones.
        int most = positions + ((count - 1) * step);
        int stride = KvLayout.Blocks(most) * KvLayout.BlockPositions;
        Scores4(queries, queryStride, blocks, keyOffset, stride, headDim, scale, scores);
        float* factors = stackalloc float[KvLayout.GroupQueries];
        for (int i = 0; i < KvLayout.GroupQueries; i++)
        {
            float* row = scores + ((nint)i * stride);
            int seen = positions + (i * step);
            factors[i] = 1 / Exponentials(row, stride, Largest(row, seen, stride));
        }

        Mix4(scores, stride, blocks, valueOffset, most, headDim, factors, outputs, outputStride);
    }

    // scores[i, p] = scale * q[i] . k[p], four partial sums over the head's dimensions as in Scores, two at a time: they and
    // what they need fit in sixteen registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores4(float* q0, nint queryStride, float** blocks, nint keyOffset, int stride, int headDim, float scale, float* scores)
    {
        const int Row = KvLayout.BlockPositions;
        float* q1 = q0 + queryStride;
        float* q2 = q1 + queryStride;
        float* q3 = q2 + queryStride;
        TVector factor = TSimd.Broadcast(scale);
        int whole = headDim / 4 * 4;
        for (int first = 0; first < stride; first += TSimd.Width)
        {
            float* keys = blocks[first / Row] + keyOffset + (first % Row);
            float* target = scores + first;
            for (int half = 0; half < 4; half += 2)
            {
                TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
                TVector b0 = TSimd.Zero, b1 = TSimd.Zero, b2 = TSimd.Zero, b3 = TSimd.Zero;
                float* key = keys + (half * Row);
                for (nint d = half; d < whole; d += 4, key += 4 * Row)
                {
                    TVector a = TSimd.Load(key), b = TSimd.Load(key + Row);
                    a0 = TSimd.MultiplyAdd(TSimd.Broadcast(q0[d]), a, a0);
                    b0 = TSimd.MultiplyAdd(TSimd.Broadcast(q0[d + 1]), b, b0);
                    a1 = TSimd.MultiplyAdd(TSimd.Broadcast(q1[d]), a, a1);
                    b1 = TSimd.MultiplyAdd(TSimd.Broadcast(q1[d + 1]), b, b1);
                    a2 = TSimd.MultiplyAdd(TSimd.Broadcast(q2[d]), a, a2);
                    b2 = TSimd.MultiplyAdd(TSimd.Broadcast(q2[d + 1]), b, b2);
                    a3 = TSimd.MultiplyAdd(TSimd.Broadcast(q3[d]), a, a3);
                    b3 = TSimd.MultiplyAdd(TSimd.Broadcast(q3[d + 1]), b, b3);
                }

                if (half == 0)
                {
                    for (nint d = whole; d < headDim; d++)
                    {
                        TVector a = TSimd.Load(keys + (d * Row));
                        a0 = TSimd.MultiplyAdd(TSimd.Broadcast(q0[d]), a, a0);
                        a1 = TSimd.MultiplyAdd(TSimd.Broadcast(q1[d]), a, a1);
                        a2 = TSimd.MultiplyAdd(TSimd.Broadcast(q2[d]), a, a2);
                        a3 = TSimd.MultiplyAdd(TSimd.Broadcast(q3[d]), a, a3);
                    }

                    TSimd.Store(TSimd.Add(a0, b0), target);
                    TSimd.Store(TSimd.Add(a1, b1), target + stride);
                    TSimd.Store(TSimd.Add(a2, b2), target + (2 * (nint)stride));
                    TSimd.Store(TSimd.Add(a3, b3), target + (3 * (nint)stride));
                }
                else
                {
                    Finish(TSimd.Add(a0, b0), factor, target);
                    Finish(TSimd.Add(a1, b1), factor, target + stride);
                    Finish(TSimd.Add(a2, b2), factor, target + (2 * (nint)stride));
                    Finish(TSimd.Add(a3, b3), factor, target + (3 * (nint)stride));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TVector second, TVector factor, float* target) =>
        TSimd.Store(TSimd.Multiply(TSimd.Add(TSimd.Load(target), second), factor), target);

    // outputs[i, d] = sum over p of scores[i, p] * v[p, d], times the factor of i; two vectors of the head's dimensions at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mix4(
        float* s0, nint scoreStride, float** blocks, nint valueOffset, int positions, int headDim, float* factors, float* outputs, nint outputStride)
    {
        int stride = NativeMatrix.PaddedLength(headDim);
        float* s1 = s0 + scoreStride;
        float* s2 = s1 + scoreStride;
        float* s3 = s2 + scoreStride;
        float* rest = stackalloc float[16];
        for (int d = 0; d < headDim; d += 2 * TSimd.Width)
        {
            // Rows are padded: a vector behind the padding is kept at the last one that is inside.
            int next = Math.Min(d + TSimd.Width, stride - TSimd.Width) - d;
            TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
            TVector b0 = TSimd.Zero, b1 = TSimd.Zero, b2 = TSimd.Zero, b3 = TSimd.Zero;
            for (nint first = 0; first < positions; first += KvLayout.BlockPositions)
            {
                float* value = blocks[first / KvLayout.BlockPositions] + valueOffset + d;
                nint end = Math.Min(first + KvLayout.BlockPositions, positions);
                for (nint p = first; p < end; p++, value += stride)
                {
                    TVector a = TSimd.Load(value), b = TSimd.Load(value + next);
                    TVector weight = TSimd.Broadcast(s0[p]);
                    a0 = TSimd.MultiplyAdd(weight, a, a0);
                    b0 = TSimd.MultiplyAdd(weight, b, b0);
                    weight = TSimd.Broadcast(s1[p]);
                    a1 = TSimd.MultiplyAdd(weight, a, a1);
                    b1 = TSimd.MultiplyAdd(weight, b, b1);
                    weight = TSimd.Broadcast(s2[p]);
                    a2 = TSimd.MultiplyAdd(weight, a, a2);
                    b2 = TSimd.MultiplyAdd(weight, b, b2);
                    weight = TSimd.Broadcast(s3[p]);
                    a3 = TSimd.MultiplyAdd(weight, a, a3);
                    b3 = TSimd.MultiplyAdd(weight, b, b3);
                }
            }

            StorePair(a0, b0, factors[0], outputs, d, headDim, rest);
            StorePair(a1, b1, factors[1], outputs + outputStride, d, headDim, rest);
            StorePair(a2, b2, factors[2], outputs + (2 * outputStride), d, headDim, rest);
            StorePair(a3, b3, factors[3], outputs + (3 * outputStride), d, headDim, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(TVector a, TVector b, float factor, float* output, int d, int headDim, float* rest)
    {
        TVector scale = TSimd.Broadcast(factor);
        StorePart(TSimd.Multiply(a, scale), output, d, headDim, rest);
        StorePart(TSimd.Multiply(b, scale), output, d + TSimd.Width, headDim, rest);
    }
}
