namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>The best so many of the ordinals offered: a heap with the worst on top.</summary>
/// <param name="limit">How many are kept.</param>
/// <param name="order">Orders ordinals of equal score; the earlier is the better one.</param>
internal sealed class TopHits<TScore>(int limit, Comparison<int> order)
    where TScore : struct, IComparable<TScore>
{
    private (TScore Score, int Ordinal)[] _heap = new (TScore, int)[Math.Min(limit, 256)];

    public int Count { get; private set; }

    public bool IsFull => Count == limit;

    /// <summary>The worst of a full heap: whatever scores less cannot get in.</summary>
    public TScore Threshold => _heap[0].Score;

    public void Offer(TScore score, int ordinal)
    {
        if (Count < limit)
        {
            if (Count == _heap.Length)
            {
                Array.Resize(ref _heap, (int)Math.Min(limit, 2L * Count));
            }

            Rise((score, ordinal), Count++);
        }
        else if (limit > 0 && IsWorse(_heap[0], (score, ordinal)))
        {
            Sink((score, ordinal));
        }
    }

    /// <summary>Empties the heap, best first.</summary>
    public (TScore Score, int Ordinal)[] Drain()
    {
        (TScore Score, int Ordinal)[] sorted = _heap[..Count];
        Array.Sort(sorted, (left, right) => IsWorse(right, left) ? -1 : IsWorse(left, right) ? 1 : 0);
        Count = 0;
        return sorted;
    }

    private bool IsWorse((TScore Score, int Ordinal) left, (TScore Score, int Ordinal) right)
    {
        int compared = left.Score.CompareTo(right.Score);
        return compared != 0 ? compared < 0 : left.Ordinal != right.Ordinal && order(left.Ordinal, right.Ordinal) > 0;
    }

    private void Rise((TScore, int) entry, int at)
    {
        while (at > 0 && IsWorse(entry, _heap[(at - 1) / 2]))
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = entry;
    }

    private void Sink((TScore, int) entry)
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsWorse(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsWorse(_heap[child], entry))
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = entry;
    }
}
