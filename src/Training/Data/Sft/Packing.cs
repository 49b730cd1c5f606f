namespace LlmPlatform.Training.Data;

/// <summary>TRL's <c>pack_dataset</c>: several rows in one sequence, so that batches hold little padding.</summary>
internal static class Packing
{
    /// <summary>Rows are packed in groups of this many, as TRL's mapping over a dataset does.</summary>
    public const int GroupSize = 1000;

    /// <summary>Packs rows into sequences of at most <paramref name="length"/> tokens.</summary>
    public static List<SftExample> Pack(IReadOnlyList<SftExample> rows, int length, PackingStrategy strategy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        List<SftExample> packed = [];
        foreach (SftExample[] group in rows.Chunk(GroupSize))
        {
            packed.AddRange(strategy switch
            {
                PackingStrategy.Bfd => BestFit(group.Select(row => Slice(row, 0, length)), length),
                PackingStrategy.BfdSplit => BestFit(group.SelectMany(row => Pieces(row, length)), length),
                PackingStrategy.Wrapped => Pieces(Join(group) with { SequenceLengths = null }, length),
                _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "not a packing strategy"),
            });
        }

        return packed;
    }

    // Best fit, decreasing: the longest row first, into the bin with the least room that is enough; among bins of equal room
    // the one that came to have it first.
    private static IEnumerable<SftExample> BestFit(IEnumerable<SftExample> rows, int length)
    {
        Dictionary<int, Queue<List<SftExample>>> byRoom = [];
        SortedSet<int> rooms = [];
        List<List<SftExample>> bins = [];
        foreach (SftExample row in rows.Where(row => row.InputIds.Length > 0).OrderByDescending(row => row.InputIds.Length))
        {
            int size = row.InputIds.Length;
            int room = rooms.GetViewBetween(size, length).Min;
            List<SftExample> bin;
            if (room == 0)
            {
                room = length;
                bin = [];
                bins.Add(bin);
            }
            else
            {
                bin = byRoom[room].Dequeue();
                if (byRoom[room].Count == 0)
                {
                    rooms.Remove(room);
                }
            }

            bin.Add(row);
            room -= size;
            if (room > 0)
            {
                if (!byRoom.TryGetValue(room, out Queue<List<SftExample>>? queue))
                {
                    byRoom.Add(room, queue = []);
                }

                queue.Enqueue(bin);
                rooms.Add(room);
            }
        }

        return bins.Select(Join);
    }

    private static SftExample Join(IReadOnlyList<SftExample> rows) => new(
        [.. rows.SelectMany(row => row.InputIds)],
        [.. rows.SelectMany(row => row.Labels)],
        [.. rows.Select(row => row.InputIds.Length)]);

    private static IEnumerable<SftExample> Pieces(SftExample row, int length)
    {
        for (int start = 0; start < row.InputIds.Length; start += length)
        {
            yield return Slice(row, start, length);
        }
    }

    private static SftExample Slice(SftExample row, int start, int length)
    {
        int end = Math.Min(row.InputIds.Length, start + length);
        return new SftExample(row.InputIds[start..end], row.Labels[start..end]);
    }
}
