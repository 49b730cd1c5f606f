using System.Numerics;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Vectors;

/// <summary>One pass over the 8-bit rows of a segment.</summary>
internal static unsafe class VectorScan
{
    /// <param name="segment">The segment.</param>
    /// <param name="first">First row, from the segment's first.</param>
    /// <param name="end">Behind the last row.</param>
    /// <param name="query">The query's numbers.</param>
    /// <param name="queryScale">What 1 is in them.</param>
    /// <param name="allowed">A bit for each ordinal of the index.</param>
    /// <param name="hits">Receives the best.</param>
    public static void Run(
        VectorSegment segment, int first, int end, ReadOnlySpan<short> query, float queryScale, ReadOnlySpan<ulong> allowed, TopHits<float> hits)
    {
        int padded = segment.Padded;
        int last = segment.First + end;
        fixed (short* numbers = query)
        {
            for (int ordinal = segment.First + first; ordinal < last;)
            {
                int word = ordinal >> 6;
                if (word >= allowed.Length)
                {
                    return;
                }

                int next = Math.Min((word + 1) << 6, last);
                ulong bits = allowed[word] >> (ordinal & 63);
                while (bits != 0)
                {
                    int at = ordinal + BitOperations.TrailingZeroCount(bits);
                    if (at >= next)
                    {
                        break;
                    }

                    bits &= bits - 1;
                    int row = at - segment.First;
                    float score = QuantizedDot.Best(numbers, segment.RowAt(row), padded) * segment.Scales[row] * queryScale;
                    if (!hits.IsFull || score >= hits.Threshold)
                    {
                        hits.Offer(score, at);
                    }
                }

                ordinal = next;
            }
        }
    }
}
