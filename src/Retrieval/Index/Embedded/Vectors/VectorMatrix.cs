using System.Numerics;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Vectors;

/// <summary>
/// Finds the nearest vectors by looking at all of them: rows of 8-bit numbers first, then the best few times as many as
/// are wanted by their float32 vectors. Few allowed vectors are scored by float32 at once.
/// </summary>
/// <param name="dimensions">Length of the vectors.</param>
/// <param name="options">Threads, and how many times as many candidates are scored again.</param>
internal sealed class VectorMatrix(int dimensions, EmbeddedIndexOptions options) : IDisposable
{
    /// <summary>So many vectors cost as little by float32 as by 8-bit numbers and again.</summary>
    private const int FewVectors = 4096;

    private const int RowsPerTask = 16384;

    private readonly List<VectorSegment> _segments = [];
    private float[] _tail = [];
    private int _tailFirst;
    private int _tailCount;

    public IReadOnlyList<VectorSegment> Segments => _segments;

    public void Add(ReadOnlySpan<float> vector)
    {
        if ((_tailCount + 1) * dimensions > _tail.Length)
        {
            Array.Resize(ref _tail, Math.Max(64 * dimensions, 2 * _tail.Length));
        }

        vector.CopyTo(_tail.AsSpan(_tailCount++ * dimensions, dimensions));
    }

    /// <summary>The nearest vectors by their product with the query, best first.</summary>
    /// <param name="query">The query's vector.</param>
    /// <param name="limit">Hits at most.</param>
    /// <param name="allowed">A bit for each ordinal: which may be returned.</param>
    /// <param name="order">Orders points of equal score.</param>
    public (double Score, int Ordinal)[] Search(ReadOnlyMemory<float> query, int limit, ReadOnlyMemory<ulong> allowed, Comparison<int> order)
    {
        if (limit < 1)
        {
            return [];
        }

        TopHits<double> hits = new(limit, order);
        int candidates = (int)Math.Min(int.MaxValue, Math.Max(64, (long)limit * options.OverFetch));
        if (Count(allowed.Span) <= Math.Max(FewVectors, candidates))
        {
            foreach (int ordinal in Ordinals(allowed))
            {
                hits.Offer(Quantizer.Dot(query.Span, VectorAt(ordinal)), ordinal);
            }
        }
        else
        {
            foreach ((_, int ordinal) in Scan(query, candidates, allowed, order))
            {
                hits.Offer(Quantizer.Dot(query.Span, VectorAt(ordinal)), ordinal);
            }
        }

        return hits.Drain();
    }

    public ReadOnlySpan<float> VectorAt(int ordinal)
    {
        if (ordinal >= _tailFirst)
        {
            return _tail.AsSpan((ordinal - _tailFirst) * dimensions, dimensions);
        }

        foreach (VectorSegment segment in _segments)
        {
            if (ordinal < segment.First + segment.Count)
            {
                return segment.VectorAt(ordinal - segment.First);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(ordinal));
    }

    /// <summary>Takes over segments whose ordinals follow each other from 0.</summary>
    public void Open(IReadOnlyList<VectorSegment> segments)
    {
        _segments.AddRange(segments);
        BeginTail();
    }

    public void WriteTail(string path) => VectorSegment.Write(path, _tailFirst, _tailCount, dimensions, index => VectorAt(_tailFirst + index));

    /// <summary>Puts the segment that was written of the tail into its place.</summary>
    public void ReplaceTail(VectorSegment segment)
    {
        _segments.Add(segment);
        BeginTail();
    }

    /// <summary>Puts a merged segment into the place of those it was made of, and closes them.</summary>
    public void Replace(int index, int count, VectorSegment merged)
    {
        _segments.GetRange(index, count).ForEach(old => old.Dispose());
        _segments.RemoveRange(index, count);
        _segments.Insert(index, merged);
        if (_tailCount == 0)
        {
            BeginTail();
        }
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());

    private static int Count(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    private static IEnumerable<int> Ordinals(ReadOnlyMemory<ulong> allowed)
    {
        for (int word = 0; word < allowed.Length; word++)
        {
            for (ulong bits = allowed.Span[word]; bits != 0; bits &= bits - 1)
            {
                yield return (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    private void BeginTail()
    {
        _tailFirst = _segments.Count == 0 ? 0 : _segments[^1].First + _segments[^1].Count;
        _tailCount = 0;
        _tail = [];
    }

    private (float Score, int Ordinal)[] Scan(ReadOnlyMemory<float> query, int candidates, ReadOnlyMemory<ulong> allowed, Comparison<int> order)
    {
        short[] numbers = new short[Quantizer.Padded(dimensions)];
        float scale = Quantizer.Query(query.Span, numbers);
        TopHits<float> best = new(candidates, order);
        for (int i = 0; i < _tailCount; i++)
        {
            if (PointBits.Has(allowed.Span, _tailFirst + i))
            {
                best.Offer((float)Quantizer.Dot(query.Span, VectorAt(_tailFirst + i)), _tailFirst + i);
            }
        }

        (VectorSegment Segment, int First, int End)[] parts =
        [
            .. _segments.SelectMany(segment => Enumerable.Range(0, (segment.Count + RowsPerTask - 1) / RowsPerTask)
                .Select(part => (segment, part * RowsPerTask, Math.Min((part + 1) * RowsPerTask, segment.Count)))),
        ];
        if (options.Threads == 1 || parts.Length <= 2)
        {
            foreach ((VectorSegment segment, int first, int end) in parts)
            {
                VectorScan.Run(segment, first, end, numbers, scale, allowed.Span, best);
            }

            return best.Drain();
        }

        Parallel.ForEach(
            parts,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            () => new TopHits<float>(candidates, order),
            (part, _, own) =>
            {
                VectorScan.Run(part.Segment, part.First, part.End, numbers, scale, allowed.Span, own);
                return own;
            },
            own =>
            {
                lock (best)
                {
                    foreach ((float score, int ordinal) in own.Drain())
                    {
                        best.Offer(score, ordinal);
                    }
                }
            });
        return best.Drain();
    }
}
