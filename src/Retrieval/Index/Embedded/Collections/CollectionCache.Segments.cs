using LlmPlatform.Retrieval.Index.Embedded.Vectors;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <content>
/// Writing the tail, merging segments, and giving ordinals out anew. New files are written beside running searches; only
/// putting them into place is exclusive.
/// </content>
internal sealed partial class CollectionCache
{
    /// <summary>Segments of so many points are not merged any more.</summary>
    private const int MostMergedPoints = 1 << 20;

    /// <summary>Writes and merges what has become due.</summary>
    public void Maintain()
    {
        if (_keywords.Tail.Count >= _options.TailPoints)
        {
            WriteTail();
        }

        int removed = _points.Count - _points.LiveCount;
        if (removed >= _options.TailPoints && removed > _points.LiveCount)
        {
            Compact();
        }

        while (NextMerge() is (int index, int count))
        {
            int first = _keywords.Segments[index].First, ordinals = _keywords.Segments[index + count - 1].End - first;
            int[] targets = new int[ordinals];
            for (int i = 0; i < ordinals; i++)
            {
                targets[i] = _points.IsRemoved(first + i) ? -1 : i;
            }

            Merge(index, count, _epoch, targets, ordinals, _points.Numbers.Slice(first, ordinals), null);
        }
    }

    /// <summary>Writes what is in memory only, if it is much.</summary>
    public void WriteLargeTail()
    {
        if (_keywords.Tail.Count >= Math.Max(1, _options.TailPoints / 8))
        {
            WriteTail();
        }
    }

    private void WriteTail()
    {
        PostingsTail tail = _keywords.Tail;
        (PostingsSegment postings, VectorSegment? vectors) = _files.Write(
            _epoch, tail.First, _points.Numbers[tail.First..], _generation, path => tail.Write(path, _points.IsRemoved), _vectors is null ? null : _vectors.WriteTail);
        _lock.EnterWriteLock();
        _keywords.ReplaceTail(postings);
        _vectors?.ReplaceTail(vectors!);
        _lock.ExitWriteLock();
    }

    // Ordinals without gaps, in a new epoch.
    private void Compact()
    {
        if (_keywords.Tail.Count > 0)
        {
            WriteTail();
        }

        int[] targets = new int[_points.Count];
        long[] numbers = new long[_points.LiveCount];
        int next = 0;
        for (int ordinal = 0; ordinal < targets.Length; ordinal++)
        {
            targets[ordinal] = -1;
            if (!_points.IsRemoved(ordinal))
            {
                numbers[next] = _points.Numbers[ordinal];
                targets[ordinal] = next++;
            }
        }

        Merge(0, _keywords.Segments.Count, _epoch + 1, targets, next, numbers, _points.Compact);
        _epoch++;
    }

    private void Merge(int index, int count, int epoch, int[] targets, int ordinals, ReadOnlySpan<long> numbers, Action? meanwhile)
    {
        List<PostingsSegment> old = [.. _keywords.Segments.Skip(index).Take(count)];
        // A new epoch begins with ordinal 0, as does its first old segment.
        int first = old[0].First;
        (PostingsSegment postings, VectorSegment? vectors) = _files.Write(
            epoch, first, numbers, _generation,
            path => PostingsMerge.Write(old, targets, first, ordinals, path, CancellationToken.None),
            _vectors is null ? null : path => WriteVectors(path, first, targets, ordinals));
        List<string> paths = [.. old.Select(segment => segment.Path)];
        _lock.EnterWriteLock();
        _keywords.Replace(index, count, postings);
        _vectors?.Replace(index, count, vectors!);
        meanwhile?.Invoke();
        _lock.ExitWriteLock();
        paths.ForEach(SegmentFiles.Delete);
    }

    private void WriteVectors(string path, int first, int[] targets, int ordinals)
    {
        int[] sources = new int[ordinals];
        Array.Fill(sources, -1);
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] >= 0)
            {
                sources[targets[i]] = first + i;
            }
        }

        VectorSegment.Write(path, first, ordinals, Collection.Dimensions, index => sources[index] < 0 ? default : _vectors!.VectorAt(sources[index]));
    }

    // Neighbours of about one size or smaller, as soon as there are enough of them.
    private (int Index, int Count)? NextMerge()
    {
        IReadOnlyList<PostingsSegment> segments = _keywords.Segments;
        for (long most = _options.TailPoints * 2L; most <= MostMergedPoints; most *= _options.MergeSegments)
        {
            for (int index = 0; index < segments.Count; index++)
            {
                int end = index;
                long points = 0;
                while (end < segments.Count && segments[end].Count < most && points + segments[end].Count <= MostMergedPoints)
                {
                    points += segments[end++].Count;
                }

                if (end - index >= _options.MergeSegments)
                {
                    return (index, end - index);
                }
            }
        }

        return null;
    }
}
