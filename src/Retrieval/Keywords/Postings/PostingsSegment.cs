using LlmPlatform.Retrieval.Index.Embedded.Files;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// The postings of a run of ordinals, in a memory-mapped file: a sorted dictionary of terms, and for each term blocks of up
/// to 128 postings. Points that were removed stay until segments are merged; how many of a term's postings they are is
/// counted beside.
/// </summary>
internal sealed unsafe class PostingsSegment : IDisposable
{
    /// <summary>"POST"</summary>
    public const uint Kind = 0x54534F50;

    private const int Data = 0, Terms = 1, TermOffsets = 2, TermBlocks = 3, TermPoints = 4, Blocks = 5, LengthsSection = 6, FirstSection = 7;
    private readonly CacheFile _file;
    private readonly Dictionary<int, int> _removed = [];
    private readonly byte* _terms;
    private readonly int* _termOffsets;
    private readonly int* _termBlocks;
    private readonly int* _termPoints;
    private readonly PostingsBlock* _blocks;
    private readonly byte* _data;
    private readonly int* _lengths;

    private PostingsSegment(CacheFile file)
    {
        _file = file;
        _data = file.Section<byte>(Data);
        _terms = file.Section<byte>(Terms);
        _termOffsets = file.Section<int>(TermOffsets);
        _termBlocks = file.Section<int>(TermBlocks);
        _termPoints = file.Section<int>(TermPoints);
        _blocks = file.Section<PostingsBlock>(Blocks);
        _lengths = file.Section<int>(LengthsSection);
        First = *file.Section<int>(FirstSection);
        Count = (int)file.Count<int>(LengthsSection);
        TermCount = (int)file.Count<int>(TermPoints);
    }

    /// <summary>The first ordinal.</summary>
    public int First { get; }

    /// <summary>Number of ordinals.</summary>
    public int Count { get; }

    /// <summary>Number of terms.</summary>
    public int TermCount { get; }

    /// <summary>Behind the last ordinal.</summary>
    public int End => First + Count;

    /// <summary>Each point's number of terms.</summary>
    public ReadOnlySpan<int> Lengths => new(_lengths, Count);

    public string Path => _file.Path;

    /// <summary>Opens a segment; null when its file is missing or damaged.</summary>
    public static PostingsSegment? TryOpen(string path) => CacheFile.TryOpen(path, Kind, sections: 8) is { } file ? new PostingsSegment(file) : null;

    /// <summary>The place of a term in the dictionary, or -1.</summary>
    public int Find(ReadOnlySpan<byte> term)
    {
        int low = 0, high = TermCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int compared = TermAt(middle).SequenceCompareTo(term);
            if (compared == 0)
            {
                return middle;
            }

            (low, high) = compared < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    public ReadOnlySpan<byte> TermAt(int term) => new(_terms + _termOffsets[term], _termOffsets[term + 1] - _termOffsets[term]);

    /// <summary>In how many points that were not removed the term is.</summary>
    public int PointsOf(int term) => _termPoints[term] - _removed.GetValueOrDefault(term);

    public void CountRemoved(int term) => _removed[term] = _removed.GetValueOrDefault(term) + 1;

    /// <summary>Counts anew what was removed, by reading all postings.</summary>
    /// <param name="isRemoved">Whether the point of an ordinal was removed.</param>
    public void CountRemoved(Func<int, bool> isRemoved)
    {
        _removed.Clear();
        for (int term = 0; term < TermCount; term++)
        {
            int removed = 0;
            foreach ((int point, _) in PostingsOf(term))
            {
                removed += isRemoved(First + point) ? 1 : 0;
            }

            if (removed > 0)
            {
                _removed[term] = removed;
            }
        }
    }

    public (int First, int End) BlocksOf(int term) => (_termBlocks[term], _termBlocks[term + 1]);

    public ref readonly PostingsBlock Block(int block) => ref _blocks[block];

    /// <summary>Reads a block of a term.</summary>
    public int Decode(int block, int firstBlock, Span<int> points, Span<int> counts)
    {
        ref readonly PostingsBlock read = ref _blocks[block];
        PostingsBlock.Decode(_data + read.Offset, read.Count, block == firstBlock ? -1 : _blocks[block - 1].Last, points, counts);
        return read.Count;
    }

    /// <summary>All postings of a term, points counted from <see cref="First"/>.</summary>
    public IEnumerable<(int Point, int Count)> PostingsOf(int term)
    {
        int[] points = new int[PostingsBlock.Size], counts = new int[PostingsBlock.Size];
        (int first, int end) = BlocksOf(term);
        for (int block = first; block < end; block++)
        {
            int read = Decode(block, first, points, counts);
            for (int i = 0; i < read; i++)
            {
                yield return (points[i], counts[i]);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
