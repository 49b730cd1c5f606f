using System.Text;
using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// Keyword search over memory-mapped segments and a tail in memory. The owner names the files, keeps what is removed, and
/// says when the tail is written and segments are merged.
/// </summary>
internal sealed class PostingsIndex : IKeywordIndex, IDisposable
{
    private readonly List<PostingsSegment> _segments = [];
    private PostingsTail _tail = new(0);
    private long _points;
    private long _length;

    public IReadOnlyList<PostingsSegment> Segments => _segments;

    public PostingsTail Tail => _tail;

    /// <inheritdoc />
    public void Add(int ordinal, IReadOnlyList<TermCount> terms)
    {
        if (ordinal != _tail.End)
        {
            throw new ArgumentException($"ordinal: {ordinal} is not the next one, {_tail.End}", nameof(ordinal));
        }

        _tail.Add(terms);
        _points++;
        _length += _tail.LengthOf(ordinal);
    }

    /// <inheritdoc />
    public void Remove(int ordinal, IReadOnlyList<TermCount> terms)
    {
        _points--;
        if (ordinal >= _tail.First)
        {
            _length -= _tail.LengthOf(ordinal);
            foreach (TermCount term in terms)
            {
                _tail.CountRemoved(term.Term);
            }

            return;
        }

        PostingsSegment segment = _segments.First(candidate => ordinal < candidate.End);
        _length -= segment.Lengths[ordinal - segment.First];
        foreach (TermCount term in terms)
        {
            if (segment.Find(Encoding.UTF8.GetBytes(term.Term)) is >= 0 and int found)
            {
                segment.CountRemoved(found);
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<KeywordHit> Search(IReadOnlyList<string> terms, int limit, ReadOnlySpan<ulong> allowed, Comparison<int> order)
    {
        QueryTerm[] query = [.. terms.GroupBy(term => term, StringComparer.Ordinal).Select(Resolve).Where(term => term.Points > 0)];
        if (query.Length == 0 || limit < 1)
        {
            return [];
        }

        Bm25Scale scale = new((double)_length / _points, query.Sum(term => term.Weight));
        TopHits<long> hits = new(limit, order);
        SegmentSearch search = new(scale, hits);
        // Large segments first: the sooner there are good hits, the more is skipped.
        foreach (int index in Enumerable.Range(0, _segments.Count).OrderByDescending(index => _segments[index].Count))
        {
            PostingsSegment segment = _segments[index];
            search.Run(
                segment,
                [.. query.Where(term => term.Places[index] >= 0).Select(term => new PostingsCursor(segment, term.Places[index], term.Weight * scale.Unit))],
                allowed);
        }

        _tail.Search([.. query.Select(term => (term.Term, term.Weight * scale.Unit))], scale, allowed, hits);
        return [.. hits.Drain().Select(hit => new KeywordHit(hit.Ordinal, scale.ToDouble(hit.Score)))];
    }

    /// <inheritdoc />
    public KeywordStatistics GetStatistics(IReadOnlyCollection<string> terms)
    {
        Dictionary<string, long> frequencies = new(StringComparer.Ordinal);
        foreach (string term in terms)
        {
            frequencies[term] = PointsOf(term, Places(term));
        }

        return new KeywordStatistics(_points, _points == 0 ? 0 : (double)_length / _points, frequencies);
    }

    /// <summary>Takes over segments whose ordinals follow each other from 0, and begins a new tail behind them.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="isRemoved">Whether the point of an ordinal is not there any more.</param>
    public void Open(IReadOnlyList<PostingsSegment> segments, Func<int, bool> isRemoved)
    {
        foreach (PostingsSegment segment in segments)
        {
            bool anyRemoved = false;
            for (int point = 0; point < segment.Count; point++)
            {
                if (isRemoved(segment.First + point))
                {
                    anyRemoved = true;
                    continue;
                }

                _points++;
                _length += segment.Lengths[point];
            }

            if (anyRemoved)
            {
                segment.CountRemoved(isRemoved);
            }

            _segments.Add(segment);
        }

        _tail = new PostingsTail(_segments.Count == 0 ? 0 : _segments[^1].End);
    }

    /// <summary>Puts the segment that was written of the tail into its place.</summary>
    public void ReplaceTail(PostingsSegment segment)
    {
        _segments.Add(segment);
        _tail = new PostingsTail(segment.End);
    }

    /// <summary>Puts a merged segment into the place of those it was made of, and closes them.</summary>
    public void Replace(int index, int count, PostingsSegment merged)
    {
        foreach (PostingsSegment old in _segments.GetRange(index, count))
        {
            old.Dispose();
        }

        _segments.RemoveRange(index, count);
        _segments.Insert(index, merged);
        if (index == _segments.Count - 1 && _tail.Count == 0)
        {
            _tail = new PostingsTail(merged.End);
        }
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());

    private QueryTerm Resolve(IGrouping<string, string> term)
    {
        int[] places = Places(term.Key);
        long points = PointsOf(term.Key, places);
        return new QueryTerm(term.Key, term.Count() * Bm25Scale.InverseDocumentFrequency(_points, points), points, places);
    }

    private int[] Places(string term)
    {
        byte[] name = Encoding.UTF8.GetBytes(term);
        return [.. _segments.Select(segment => segment.Find(name))];
    }

    private long PointsOf(string term, int[] places)
    {
        long points = _tail.PointsOf(term);
        for (int i = 0; i < places.Length; i++)
        {
            points += places[i] >= 0 ? _segments[i].PointsOf(places[i]) : 0;
        }

        return points;
    }

    private sealed record QueryTerm(string Term, double Weight, long Points, int[] Places);
}
