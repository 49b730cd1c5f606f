namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>Makes one segment of several, without the points that were removed.</summary>
internal static class PostingsMerge
{
    /// <param name="segments">In the order of their ordinals.</param>
    /// <param name="ordinals">Each old ordinal's new one, less the first new one; ascending; -1: removed. Beginning with the first segment's first.</param>
    /// <param name="first">The first new ordinal.</param>
    /// <param name="count">The number of new ordinals.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the work between two terms.</param>
    public static void Write(
        IReadOnlyList<PostingsSegment> segments, int[] ordinals, int first, int count, string path, CancellationToken cancellationToken)
    {
        int start = segments[0].First;
        int[] lengths = new int[count];
        foreach (PostingsSegment segment in segments)
        {
            for (int point = 0; point < segment.Count; point++)
            {
                if (ordinals[segment.First - start + point] is >= 0 and int target)
                {
                    lengths[target] = segment.Lengths[point];
                }
            }
        }

        using PostingsWriter writer = new(path);
        int[] next = new int[segments.Count];
        while (Least(segments, next) is >= 0 and int least)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int leastTerm = next[least];
            for (int i = least; i < segments.Count; i++)
            {
                PostingsSegment segment = segments[i];
                if (next[i] == segment.TermCount || !segment.TermAt(next[i]).SequenceEqual(segments[least].TermAt(leastTerm)))
                {
                    continue;
                }

                foreach ((int point, int occurrences) in segment.PostingsOf(next[i]))
                {
                    if (ordinals[segment.First - start + point] is >= 0 and int target)
                    {
                        writer.Add(target, occurrences, lengths[target]);
                    }
                }

                next[i]++;
            }

            writer.EndTerm(segments[least].TermAt(leastTerm));
        }

        writer.Publish(first, lengths);
    }

    // The segment whose next term is the least (the first of several), or -1 when all are at their end.
    private static int Least(IReadOnlyList<PostingsSegment> segments, int[] next)
    {
        int least = -1;
        for (int i = 0; i < segments.Count; i++)
        {
            if (next[i] < segments[i].TermCount
                && (least < 0 || segments[i].TermAt(next[i]).SequenceCompareTo(segments[least].TermAt(next[least])) < 0))
            {
                least = i;
            }
        }

        return least;
    }
}
