namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Pairs to merge with the words they were found in: the most frequent first, of equally frequent ones that with the
/// smaller ids. Counts are those of the time of adding; whoever takes a pair out compares and puts it back.
/// </summary>
internal sealed class PairQueue
{
    private readonly PriorityQueue<List<int>, (long Count, long Pair)> _queue = new(new MostFrequentFirst());

    public void Add(long pair, long count, List<int> words) => _queue.Enqueue(words, (count, pair));

    public bool TryTake(out long pair, out long count, out List<int> words)
    {
        bool found = _queue.TryDequeue(out List<int>? positions, out (long Count, long Pair) priority);
        (count, pair) = priority;
        words = positions ?? [];
        return found;
    }

    private sealed class MostFrequentFirst : IComparer<(long Count, long Pair)>
    {
        public int Compare((long Count, long Pair) x, (long Count, long Pair) y) =>
            x.Count != y.Count ? y.Count.CompareTo(x.Count) : x.Pair.CompareTo(y.Pair);
    }
}
