using System.Text;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>The postings of the newest points, in memory until they are written as a segment.</summary>
/// <param name="first">The first ordinal.</param>
internal sealed class PostingsTail(int first)
{
    private readonly Dictionary<string, TermPostings> _terms = new(StringComparer.Ordinal);
    private readonly List<int> _lengths = [];

    public int First => first;

    public int Count => _lengths.Count;

    public int End => first + Count;

    public int LengthOf(int ordinal) => _lengths[ordinal - first];

    public void Add(IReadOnlyList<TermCount> terms)
    {
        int point = Count, length = 0;
        foreach (TermCount term in terms)
        {
            if (!_terms.TryGetValue(term.Term, out TermPostings? postings))
            {
                _terms.Add(term.Term, postings = new TermPostings());
            }

            postings.Add(point, term.Count);
            length += term.Count;
        }

        _lengths.Add(length);
    }

    public void CountRemoved(string term) => _terms[term].Removed++;

    public int PointsOf(string term) => _terms.TryGetValue(term, out TermPostings? postings) ? postings.Count - postings.Removed : 0;

    /// <summary>Scores all points that have a term.</summary>
    public void Search(IReadOnlyList<(string Term, double Weight)> terms, Bm25Scale scale, ReadOnlySpan<ulong> allowed, TopHits<long> hits)
    {
        if (Count == 0)
        {
            return;
        }

        long[] scores = new long[Count];
        ulong[] touched = new ulong[PointBits.WordsFor(Count)];
        foreach ((string term, double weight) in terms)
        {
            if (!_terms.TryGetValue(term, out TermPostings? postings))
            {
                continue;
            }

            for (int i = 0; i < postings.Count; i++)
            {
                (int point, int count) = postings[i];
                scores[point] += scale.Score(weight, count, _lengths[point]);
                PointBits.Set(touched, point);
            }
        }

        for (int point = 0; point < scores.Length; point++)
        {
            if (PointBits.Has(touched, point) && PointBits.Has(allowed, first + point))
            {
                hits.Offer(scores[point], first + point);
            }
        }
    }

    /// <summary>Writes the file of a segment of the same ordinals.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRemoved">Whether the point of an ordinal was removed.</param>
    public void Write(string path, Func<int, bool> isRemoved)
    {
        byte[][] names = new byte[_terms.Count][];
        TermPostings[] postings = new TermPostings[_terms.Count];
        int at = 0;
        foreach ((string term, TermPostings list) in _terms)
        {
            names[at] = Encoding.UTF8.GetBytes(term);
            postings[at++] = list;
        }

        Array.Sort(names, postings, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        using PostingsWriter writer = new(path);
        for (int term = 0; term < names.Length; term++)
        {
            for (int i = 0; i < postings[term].Count; i++)
            {
                (int point, int count) = postings[term][i];
                if (!isRemoved(first + point))
                {
                    writer.Add(point, count, _lengths[point]);
                }
            }

            writer.EndTerm(names[term]);
        }

        writer.Publish(first, _lengths.ToArray());
    }

    private sealed class TermPostings
    {
        private (int Point, int Count)[] _postings = new (int, int)[1];

        public int Count { get; private set; }

        public int Removed { get; set; }

        public (int Point, int Count) this[int index] => _postings[index];

        public void Add(int point, int count)
        {
            if (Count == _postings.Length)
            {
                Array.Resize(ref _postings, 2 * Count);
            }

            _postings[Count++] = (point, count);
        }
    }
}
