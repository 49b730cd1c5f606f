namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>Goes forward through a term's postings in a segment, reading only the blocks it must.</summary>
/// <param name="segment">The segment.</param>
/// <param name="term">The term's place in its dictionary.</param>
/// <param name="weight">The term's weight in the query, in units of the scale.</param>
internal sealed class PostingsCursor(PostingsSegment segment, int term, double weight)
{
    private readonly int[] _points = new int[PostingsBlock.Size];
    private readonly int[] _counts = new int[PostingsBlock.Size];
    private readonly int _firstBlock = segment.BlocksOf(term).First;
    private readonly int _endBlock = segment.BlocksOf(term).End;
    private int _block = segment.BlocksOf(term).First;
    private int _decoded = -1;
    private int _at;

    /// <summary>The bound that <see cref="BoundOf"/> found last.</summary>
    public long Bound { get; private set; }

    /// <summary>Sets <see cref="Bound"/>: no point from first to end (exclusive) gets more from this term; 0: none has it.</summary>
    public void BoundOf(int first, int end, in Bm25Scale scale)
    {
        Skip(first);
        Bound = 0;
        for (int block = _block; block < _endBlock && (block == _firstBlock || segment.Block(block - 1).Last + 1 < end); block++)
        {
            Bound = Math.Max(Bound, scale.Bound(weight, segment.Block(block)));
        }
    }

    /// <summary>Adds the scores of all points from first to end (exclusive) and marks them.</summary>
    /// <param name="first">First point, counted from the segment's.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="scale">The formula.</param>
    /// <param name="lengths">Lengths of the segment's points.</param>
    /// <param name="scores">Sums, from <paramref name="first"/> on.</param>
    /// <param name="touched">A bit for each sum.</param>
    public void Accumulate(int first, int end, in Bm25Scale scale, ReadOnlySpan<int> lengths, Span<long> scores, Span<ulong> touched)
    {
        Skip(first);
        while (_block < _endBlock)
        {
            Decode();
            int count = segment.Block(_block).Count;
            ReadOnlySpan<int> points = _points, counts = _counts;
            for (; _at < count && points[_at] < end; _at++)
            {
                int point = points[_at];
                if (point >= first)
                {
                    int local = point - first;
                    scores[local] += scale.Score(weight, counts[_at], lengths[point]);
                    touched[local >> 6] |= 1UL << local;
                }
            }

            if (_at < count)
            {
                return;
            }

            _block++;
        }
    }

    /// <summary>The score that a point gets from this term; points must be asked for in ascending order.</summary>
    public long ScoreOf(int point, in Bm25Scale scale, int length)
    {
        Skip(point);
        if (_block == _endBlock)
        {
            return 0;
        }

        Decode();
        while (_points[_at] < point)
        {
            _at++;
        }

        return _points[_at] == point ? scale.Score(weight, _counts[_at], length) : 0;
    }

    private void Skip(int point)
    {
        while (_block < _endBlock && segment.Block(_block).Last < point)
        {
            _block++;
        }
    }

    private void Decode()
    {
        if (_decoded != _block)
        {
            segment.Decode(_block, _firstBlock, _points, _counts);
            _decoded = _block;
            _at = 0;
        }
    }
}
