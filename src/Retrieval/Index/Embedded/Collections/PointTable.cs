using LlmPlatform.Retrieval.Index.Embedded.Database;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <summary>What is known of each ordinal: the point's number in the database, its document, chunk and id, and whether it is still there.</summary>
internal sealed class PointTable
{
    private long[] _numbers = new long[64];
    private int[] _documents = new int[64];
    private int[] _chunks = new int[64];
    private Guid[] _ids = new Guid[64];
    private ulong[] _live = new ulong[1];

    /// <summary>Number of ordinals, those of removed points counted.</summary>
    public int Count { get; private set; }

    /// <summary>Number of points that are there.</summary>
    public int LiveCount { get; private set; }

    /// <summary>A bit for each ordinal whose point is there.</summary>
    public ReadOnlyMemory<ulong> Live => _live.AsMemory(0, PointBits.WordsFor(Count));

    public ReadOnlySpan<long> Numbers => _numbers.AsSpan(0, Count);

    public int DocumentOf(int ordinal) => _documents[ordinal];

    public int ChunkOf(int ordinal) => _chunks[ordinal];

    public Guid IdOf(int ordinal) => _ids[ordinal];

    public bool IsRemoved(int ordinal) => !PointBits.Has(_live, ordinal);

    /// <summary>The ordinal of a number, or a negative one.</summary>
    public int OrdinalOf(long number) => Array.BinarySearch(_numbers, 0, Count, number);

    /// <summary>Adds a point; numbers ascend.</summary>
    public int Add(PointRow point, int document)
    {
        int ordinal = AddRemoved(point.Number);
        _documents[ordinal] = document;
        _chunks[ordinal] = point.Chunk;
        _ids[ordinal] = point.Id;
        PointBits.Set(_live, ordinal);
        LiveCount++;
        return ordinal;
    }

    /// <summary>Adds the ordinal of a point that is not there any more.</summary>
    public int AddRemoved(long number)
    {
        if (Count == _numbers.Length)
        {
            Array.Resize(ref _numbers, 2 * Count);
            Array.Resize(ref _documents, 2 * Count);
            Array.Resize(ref _chunks, 2 * Count);
            Array.Resize(ref _ids, 2 * Count);
            Array.Resize(ref _live, PointBits.WordsFor(2 * Count));
        }

        _numbers[Count] = number;
        return Count++;
    }

    public void Remove(int ordinal)
    {
        PointBits.Clear(_live, ordinal);
        LiveCount--;
    }

    /// <summary>Gives the points new ordinals, without gaps.</summary>
    public void Compact()
    {
        int next = 0;
        ulong[] live = new ulong[Math.Max(1, PointBits.WordsFor(_numbers.Length))];
        for (int ordinal = 0; ordinal < Count; ordinal++)
        {
            if (!IsRemoved(ordinal))
            {
                _numbers[next] = _numbers[ordinal];
                _documents[next] = _documents[ordinal];
                _chunks[next] = _chunks[ordinal];
                _ids[next] = _ids[ordinal];
                PointBits.Set(live, next++);
            }
        }

        Count = next;
        _live = live;
    }

    /// <summary>A bit for each ordinal whose point is there and of an allowed document.</summary>
    public ulong[] Allowed(bool[] documents)
    {
        ulong[] allowed = new ulong[PointBits.WordsFor(Count)];
        for (int ordinal = 0; ordinal < Count; ordinal++)
        {
            // The document of a removed point may be another one's place by now: the mask below sees to it.
            allowed[ordinal >> 6] |= documents[_documents[ordinal]] ? 1UL << ordinal : 0;
        }

        for (int word = 0; word < allowed.Length; word++)
        {
            allowed[word] &= _live[word];
        }

        return allowed;
    }
}
