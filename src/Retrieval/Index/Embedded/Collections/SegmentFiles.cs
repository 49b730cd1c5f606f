using System.Globalization;
using LlmPlatform.Retrieval.Index.Embedded.Database;
using LlmPlatform.Retrieval.Index.Embedded.Files;
using LlmPlatform.Retrieval.Index.Embedded.Vectors;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <summary>
/// The cache files of a collection. A segment is three files of one name: postings, vectors, and last of all points, which
/// makes it count. The name tells the epoch (it grows when ordinals are given out anew), the ordinals, and a serial number.
/// </summary>
internal sealed class SegmentFiles(string folder, CollectionRow collection)
{
    /// <summary>"PNTS"</summary>
    private const uint PointsKind = 0x53544E50;

    private const string Points = ".points", Postings = ".postings", Vectors = ".vectors";
    private int _serial;

    /// <summary>Opens the segments of the last epoch; null when some are missing, damaged, or of another database or a later state of it.</summary>
    public OpenedSegments? Open()
    {
        Directory.CreateDirectory(folder);
        Name[] names = [.. Directory.GetFiles(folder, "*" + Points).Select(Parse).OfType<Name>()];
        List<Name> chosen = Choose(names);
        OpenedSegments opened = new(chosen.Count == 0 ? 0 : chosen[0].Epoch);
        _serial = names.Length == 0 ? 0 : names.Max(name => name.Serial);
        int next = 0;
        foreach (Name name in chosen)
        {
            string path = Path.Combine(folder, name.ToString());
            if (name.First != next || !opened.TryAdd(ReadPoints(path + Points, name), path + Postings, path + Vectors, collection.Dimensions))
            {
                opened.Dispose();
                return null;
            }

            next = name.End;
        }

        DeleteAllBut(chosen);
        return opened;
    }

    /// <summary>Removes all files.</summary>
    public void DeleteAll() => DeleteAllBut([]);

    /// <summary>Writes a segment; it counts from now on.</summary>
    public (PostingsSegment Postings, VectorSegment? Vectors) Write(
        int epoch, int first, ReadOnlySpan<long> numbers, long generation, Action<string> writePostings, Action<string>? writeVectors)
    {
        string path = Path.Combine(folder, new Name(epoch, first, first + numbers.Length, ++_serial).ToString());
        writePostings(path + Postings);
        writeVectors?.Invoke(path + Vectors);
        PostingsSegment postings = PostingsSegment.TryOpen(path + Postings) ?? throw new IOException($"{path}{Postings}: cannot be read after it was written");
        VectorSegment? vectors = writeVectors is null ? null
            : VectorSegment.TryOpen(path + Vectors, collection.Dimensions) ?? throw new IOException($"{path}{Vectors}: cannot be read after it was written");
        using CacheFileWriter file = new(path + Points);
        file.BeginSection();
        file.Write(numbers);
        file.BeginSection();
        file.Write<long>([generation]);
        file.BeginSection();
        file.Write<Guid>([collection.Uid]);
        file.Publish(PointsKind);
        return (postings, vectors);
    }

    /// <summary>Removes the files of a segment that is closed; points first.</summary>
    public static void Delete(string postingsPath)
    {
        string path = postingsPath[..^Postings.Length];
        File.Delete(path + Points);
        File.Delete(path + Postings);
        File.Delete(path + Vectors);
    }

    // What a crash left beside a merged segment is contained in it.
    private static List<Name> Choose(Name[] names)
    {
        List<Name> chosen = [];
        foreach (Name name in names.OrderByDescending(name => name.Epoch).ThenBy(name => name.First).ThenByDescending(name => name.End).ThenByDescending(name => name.Serial))
        {
            if (chosen.Count == 0 || (name.Epoch == chosen[0].Epoch && name.End > chosen[^1].End))
            {
                chosen.Add(name);
            }
        }

        return chosen;
    }

    private static Name? Parse(string path)
    {
        string[] parts = Path.GetFileNameWithoutExtension(path).Split('-');
        int[] numbers = new int[4];
        if (parts.Length != 4)
        {
            return null;
        }

        for (int i = 0; i < 4; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.AllowHexSpecifier, null, out numbers[i]) || numbers[i] < 0)
            {
                return null;
            }
        }

        return new Name(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private unsafe long[]? ReadPoints(string path, Name name)
    {
        using CacheFile? file = CacheFile.TryOpen(path, PointsKind, sections: 3);
        if (file is null
            || file.Count<long>(0) != name.End - name.First
            || *file.Section<long>(1) > collection.Generation
            || *file.Section<Guid>(2) != collection.Uid)
        {
            return null;
        }

        return new ReadOnlySpan<long>(file.Section<long>(0), name.End - name.First).ToArray();
    }

    private void DeleteAllBut(List<Name> chosen)
    {
        HashSet<string> kept = [.. chosen.Select(name => name.ToString())];
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (!kept.Contains(Path.GetFileNameWithoutExtension(path)))
            {
                File.Delete(path);
            }
        }
    }

    private sealed record Name(int Epoch, int First, int End, int Serial)
    {
        public override string ToString() => $"{Epoch:x8}-{First:x8}-{End:x8}-{Serial:x8}";
    }
}

/// <summary>Segments that were found, in the order of their ordinals.</summary>
internal sealed class OpenedSegments(int epoch) : IDisposable
{
    public int Epoch => epoch;

    public List<long> Numbers { get; } = [];

    public List<PostingsSegment> Postings { get; } = [];

    public List<VectorSegment> Vectors { get; } = [];

    /// <summary>Adds a segment if its files are whole and fit each other.</summary>
    public bool TryAdd(long[]? numbers, string postingsPath, string vectorsPath, int dimensions)
    {
        if (numbers is null || PostingsSegment.TryOpen(postingsPath) is not { } postings)
        {
            return false;
        }

        int first = Numbers.Count;
        Postings.Add(postings);
        Numbers.AddRange(numbers);
        if (dimensions == 0)
        {
            return postings.First == first && postings.Count == numbers.Length;
        }

        if (VectorSegment.TryOpen(vectorsPath, dimensions) is not { } vectors)
        {
            return false;
        }

        Vectors.Add(vectors);
        return postings.First == first && postings.Count == numbers.Length && vectors.First == first && vectors.Count == numbers.Length;
    }

    public void Dispose()
    {
        Postings.ForEach(segment => segment.Dispose());
        Vectors.ForEach(segment => segment.Dispose());
    }
}
