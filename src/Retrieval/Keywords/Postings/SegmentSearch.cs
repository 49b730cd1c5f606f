using System.Numerics;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// Finds the best points of a segment, window by window. In a window the terms are ordered by the most that their blocks
/// can give; those that together cannot reach the worst hit kept so far (MaxScore, Turtle and Flood 1995, with block
/// maxima as in Ding and Suel 2011) are only looked up for points that the others brought up. Windows in which all
/// terms together cannot reach it are not read.
/// </summary>
internal sealed class SegmentSearch(Bm25Scale scale, TopHits<long> hits)
{
    private const int Window = 4096;

    private readonly long[] _scores = new long[Window];
    private readonly ulong[] _touched = new ulong[Window / 64];

    /// <param name="segment">The segment.</param>
    /// <param name="cursors">One for each of the query's terms that the segment has; their order changes.</param>
    /// <param name="allowed">A bit for each ordinal of the index.</param>
    public void Run(PostingsSegment segment, PostingsCursor[] cursors, ReadOnlySpan<ulong> allowed)
    {
        long[] sums = new long[cursors.Length];
        for (int first = 0; first < segment.Count; first += Window)
        {
            int end = Math.Min(first + Window, segment.Count);
            if (!PointBits.Any(allowed, segment.First + first, segment.First + end))
            {
                continue;
            }

            int essential = Partition(first, end, cursors, sums);
            if (essential == cursors.Length)
            {
                continue;
            }

            for (int i = essential; i < cursors.Length; i++)
            {
                if (cursors[i].Bound > 0)
                {
                    cursors[i].Accumulate(first, end, scale, segment.Lengths, _scores, _touched);
                }
            }

            Collect(segment, first, cursors, sums, essential, allowed);
        }
    }

    // Orders the cursors by their bounds; sums[i] is what those up to i can give together. Returns the first that is essential.
    private int Partition(int first, int end, PostingsCursor[] cursors, long[] sums)
    {
        foreach (PostingsCursor cursor in cursors)
        {
            cursor.BoundOf(first, end, scale);
        }

        Array.Sort(cursors, static (left, right) => left.Bound.CompareTo(right.Bound));
        int essential = 0;
        long sum = 0;
        for (int i = 0; i < cursors.Length; i++)
        {
            sum += cursors[i].Bound;
            sums[i] = sum;
            // What only equals the worst hit may still win by its place in the order.
            if (hits.IsFull && sum < hits.Threshold)
            {
                essential = i + 1;
            }
            else if (sum == 0)
            {
                essential = i + 1;
            }
        }

        return essential;
    }

    private void Collect(PostingsSegment segment, int first, PostingsCursor[] cursors, long[] sums, int essential, ReadOnlySpan<ulong> allowed)
    {
        ReadOnlySpan<int> lengths = segment.Lengths;
        for (int word = 0; word < _touched.Length; word++)
        {
            ulong bits = _touched[word];
            _touched[word] = 0;
            while (bits != 0)
            {
                int local = (word << 6) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                long score = _scores[local];
                _scores[local] = 0;
                int point = first + local, ordinal = segment.First + point;
                if (!PointBits.Has(allowed, ordinal))
                {
                    continue;
                }

                int rest = essential - 1;
                for (; rest >= 0 && (!hits.IsFull || score + sums[rest] >= hits.Threshold); rest--)
                {
                    if (cursors[rest].Bound > 0)
                    {
                        score += cursors[rest].ScoreOf(point, scale, lengths[point]);
                    }
                }

                if (rest < 0)
                {
                    hits.Offer(score, ordinal);
                }
            }
        }
    }
}
