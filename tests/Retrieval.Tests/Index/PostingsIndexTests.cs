using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>The postings find exactly what scoring every point finds, over several windows and segments, and after merging.</summary>
public sealed class PostingsIndexTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-postings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 20_000, 1, 10)]
    [InlineData(2, 12_000, 3, 100)]
    [InlineData(3, 9_000, 0, 1000)]
    public void Hits_are_those_of_scoring_every_point(int seed, int points, int segments, int limit)
    {
        Random random = new(seed);
        using PostingsIndex index = new();
        List<TermCount[]> all = [];
        bool[] removed = new bool[points];
        for (int i = 0; i < points; i++)
        {
            all.Add(Terms(random));
            index.Add(i, all[i]);
            if (segments > 0 && i % (points / (segments + 1)) == (points / (segments + 1)) - 1)
            {
                Write(index, removed);
            }
        }

        RemoveSome(random, index, all, removed);
        Compare(random, index, all, removed, limit);
        if (segments > 1)
        {
            Merge(index, removed);
            RemoveSome(random, index, all, removed);
            Compare(random, index, all, removed, limit);
        }
    }

    [Fact]
    public void Most_blocks_of_frequent_terms_are_not_read()
    {
        // A rare term decides: the hits have it, and points that have only the frequent one cannot reach them.
        using PostingsIndex index = new();
        for (int i = 0; i < 50_000; i++)
        {
            index.Add(i, i % 5000 == 0 ? [new("frequent", 1), new("rare", 3)] : [new("frequent", 1), new("filler", 1)]);
        }

        Write(index, new bool[50_000]);
        ulong[] allowed = Enumerable.Repeat(ulong.MaxValue, PointBits.WordsFor(50_000)).ToArray();
        IReadOnlyList<KeywordHit> hits = index.Search(["frequent", "rare"], 10, allowed, (left, right) => left.CompareTo(right));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 5000), hits.Select(hit => hit.Ordinal));
    }

    [Fact]
    public void Ordinals_come_one_after_the_other()
    {
        using PostingsIndex index = new();
        Assert.Throws<ArgumentException>(() => index.Add(1, []));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    public unsafe void Blocks_are_decoded_as_they_were_encoded(int count)
    {
        Random random = new(count);
        foreach (int gap in (int[])[1, 256, 257, 65536, 70000, 10_000_000])
        {
            int[] points = new int[count], counts = new int[count];
            int last = -1;
            for (int i = 0; i < count; i++)
            {
                last = points[i] = last + 1 + random.Next(gap);
                counts[i] = 1 + random.Next(gap);
            }

            byte[] bytes = new byte[PostingsBlock.MostBytes];
            PostingsBlock.Encode(points, counts, -1, bytes);
            int[] readPoints = new int[PostingsBlock.Size], readCounts = new int[PostingsBlock.Size];
            fixed (byte* start = bytes)
            {
                PostingsBlock.Decode(start, count, -1, readPoints, readCounts);
            }

            Assert.Equal(points, readPoints[..count]);
            Assert.Equal(counts, readCounts[..count]);
        }
    }

    [Fact]
    public void Terms_are_kept_in_rows_as_they_are()
    {
        TermCount[] terms = [new("가나", 3), new("word", 1), new("", 70000)];
        Assert.Equal(terms, TermCounts.Decode(TermCounts.Encode(terms)));
        Assert.ThrowsAny<Exception>(() => TermCounts.Decode([0xFF, 0xFF, 0xFF, 0x7F]));
    }

    private static TermCount[] Terms(Random random)
    {
        // Some terms are in most points, most are in few.
        Dictionary<string, int> counts = [];
        for (int i = random.Next(40); i > 0; i--)
        {
            string term = $"t{(int)(400 * Math.Pow(random.NextDouble(), 3))}";
            counts[term] = counts.GetValueOrDefault(term) + 1;
        }

        return [.. counts.Select(pair => new TermCount(pair.Key, pair.Value))];
    }

    private void Write(PostingsIndex index, bool[] removed)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():n}.postings");
        index.Tail.Write(path, ordinal => removed[ordinal]);
        index.ReplaceTail(PostingsSegment.TryOpen(path)!);
    }

    private void Merge(PostingsIndex index, bool[] removed)
    {
        int count = index.Segments.Count, end = index.Segments[^1].End;
        string path = Path.Combine(_folder, "merged.postings");
        PostingsMerge.Write(index.Segments, [.. Enumerable.Range(0, end).Select(i => removed[i] ? -1 : i)], 0, end, path, TestContext.Current.CancellationToken);
        index.Replace(0, count, PostingsSegment.TryOpen(path)!);
        Assert.Single(index.Segments);
    }

    private static void RemoveSome(Random random, PostingsIndex index, List<TermCount[]> all, bool[] removed)
    {
        for (int i = 0; i < all.Count; i++)
        {
            if (!removed[i] && random.Next(8) == 0)
            {
                removed[i] = true;
                index.Remove(i, all[i]);
            }
        }
    }

    private static void Compare(Random random, PostingsIndex index, List<TermCount[]> all, bool[] removed, int limit)
    {
        string[] names = [.. Enumerable.Range(0, 400).Select(i => $"t{i}")];
        int live = removed.Count(gone => !gone);
        Dictionary<string, long> frequencies = all.Where((_, i) => !removed[i]).SelectMany(terms => terms).GroupBy(term => term.Term).ToDictionary(group => group.Key, group => group.LongCount());
        double average = all.Where((_, i) => !removed[i]).Average(terms => (double)terms.Sum(term => term.Count));
        KeywordStatistics statistics = index.GetStatistics(names);
        Assert.Equal(live, statistics.Points);
        Assert.Equal(average, statistics.AverageLength, 9);
        Assert.All(names, name => Assert.Equal(frequencies.GetValueOrDefault(name), statistics.DocumentFrequencies[name]));
        for (int round = 0; round < 15; round++)
        {
            ulong[] allowed = new ulong[PointBits.WordsFor(all.Count)];
            for (int i = 0; i < all.Count; i++)
            {
                if (!removed[i] && (round % 3 != 0 || random.Next(4) == 0))
                {
                    PointBits.Set(allowed, i);
                }
            }

            string[] query = [.. Enumerable.Range(0, 1 + random.Next(12)).Select(_ => random.Next(10) == 0 ? "unknown" : $"t{(int)(400 * Math.Pow(random.NextDouble(), 2))}")];
            KeywordHit[] expected = Expected(all, allowed, query, frequencies, live, average, limit);
            IReadOnlyList<KeywordHit> hits = index.Search(query, limit, allowed, (left, right) => left.CompareTo(right));
            Assert.Equal(expected.Select(hit => hit.Ordinal), hits.Select(hit => hit.Ordinal));
            Assert.All(expected.Zip(hits), pair => Assert.Equal(pair.First.Score, pair.Second.Score, tolerance: 1e-9));
        }
    }

    private static KeywordHit[] Expected(
        List<TermCount[]> all, ulong[] allowed, string[] query, Dictionary<string, long> frequencies, int live, double average, int limit)
    {
        List<KeywordHit> hits = [];
        for (int i = 0; i < all.Count; i++)
        {
            Dictionary<string, int> counts = all[i].ToDictionary(term => term.Term, term => term.Count);
            if (!PointBits.Has(allowed, i) || !query.Any(counts.ContainsKey))
            {
                continue;
            }

            double length = counts.Values.Sum();
            double score = query.Where(counts.ContainsKey).Sum(term =>
                Math.Log(1 + ((live - frequencies[term] + 0.5) / (frequencies[term] + 0.5))) * counts[term] / (counts[term] + (1.2 * (0.25 + (0.75 * length / average)))));
            hits.Add(new KeywordHit(i, Math.Round(score, 11)));
        }

        return [.. hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Ordinal).Take(limit)];
    }
}
