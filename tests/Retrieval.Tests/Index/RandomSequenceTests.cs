using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Index.Embedded;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Random changes and queries against a naive reference: the same hits, and nothing that the reader may not read.</summary>
public sealed class RandomSequenceTests : IDisposable
{
    private const string Name = "c";
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-index-").FullName;
    private readonly WordAnalyzer _analyzer = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 8, 4096, 8)]
    [InlineData(2, 8, 7, 2)]
    [InlineData(3, 0, 5, 3)]
    [InlineData(4, 33, 16, 2)]
    public async Task Ten_thousand_cases_are_as_in_the_reference(int seed, int dimensions, int tailPoints, int mergeSegments)
    {
        const int Cases = 2500;
        EmbeddedIndexOptions options = new() { TailPoints = tailPoints, MergeSegments = mergeSegments, Threads = 2 };
        EmbeddedIndex index = new(_folder, _analyzer, options);
        ReferenceIndex reference = new(_analyzer);
        RandomCases cases = new(seed, dimensions);
        await BothAsync(each => each.CreateAsync(Name, dimensions, Cancellation));
        List<string> failures = [];
        for (int i = 0; i < Cases; i++)
        {
            if (i % 5 == 0)
            {
                await ChangeAsync(cases.Next(20));
            }

            if (i % 400 == 399)
            {
                await index.DisposeAsync();
                index = new EmbeddedIndex(_folder, _analyzer, options);
            }

            IndexQuery query = cases.Query();
            IndexAnswer answer = await index.QueryAsync(Name, query, Cancellation);
            if (ReferenceComparison.Difference(await reference.QueryAsync(Name, query, Cancellation), answer) is { } difference)
            {
                failures.Add($"case {i}: {difference}");
            }

            IReadOnlyList<IndexPoint> points = await index.GetAsync(Name, [.. answer.Dense.Concat(answer.Keyword).Select(hit => hit.Id)], withVectors: false, Cancellation);
            failures.AddRange(points.Where(point => !query.Filter.Matches(point)).Select(point => $"case {i}: {point.DocumentId} may not be read"));
        }

        string[] words = [.. Enumerable.Range(0, 30).Select(word => $"w{word}")];
        Assert.Equivalent(await reference.GetStatisticsAsync(Name, words, Cancellation), await index.GetStatisticsAsync(Name, words, Cancellation));
        Assert.Equal(
            (await reference.ListRevisionsAsync(Name, Cancellation).ListAsync()).OrderBy(revision => revision.DocumentId, StringComparer.Ordinal).ThenBy(revision => revision.Revision),
            await index.ListRevisionsAsync(Name, Cancellation).ListAsync());
        await index.DisposeAsync();
        Assert.True(failures.Count == 0, $"{failures.Count} failures; {string.Join("; ", failures.Take(10))}");

        async Task BothAsync(Func<IChunkIndex, Task> change)
        {
            await change(index);
            await change(reference);
        }

        async Task ChangeAsync(int kind)
        {
            string document = cases.Document();
            switch (kind)
            {
                case < 14:
                    List<IndexPoint> points = cases.Points();
                    await BothAsync(each => each.UpsertAsync(Name, points, Cancellation));
                    break;
                case < 16:
                    long revision = 1 + cases.Next(3);
                    await BothAsync(each => each.DeleteAsync(Name, document, revision, Cancellation));
                    break;
                case < 18:
                    await BothAsync(each => each.DeleteAsync(Name, document, null, Cancellation));
                    break;
                default:
                    IReadOnlyDictionary<string, Filters.AttributeValue> attributes = cases.Attributes();
                    string[] groups = cases.Groups();
                    await BothAsync(each => each.SetAccessAsync(Name, document, attributes, groups, Cancellation));
                    break;
            }
        }
    }

    [Fact]
    public async Task Searches_run_beside_changes()
    {
        await using EmbeddedIndex index = new(_folder, _analyzer, new EmbeddedIndexOptions { TailPoints = 40, MergeSegments = 3, OpenCollections = 1 });
        await index.CreateAsync(Name, 8, Cancellation);
        await index.CreateAsync("other", 8, Cancellation);
        using CancellationTokenSource done = new();
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(async () =>
        {
            RandomCases cases = new(100 + reader, 8);
            int hits = 0;
            while (!done.IsCancellationRequested)
            {
                // The other collection is opened in turn, so that this one is closed and opened again.
                IndexAnswer answer = await index.QueryAsync(cases.Next(50) == 0 ? "other" : Name, cases.Query(), Cancellation);
                hits += answer.Dense.Count + answer.Keyword.Count;
            }

            return hits;
        }))];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            RandomCases cases = new(writer, 8);
            for (int i = 0; i < 25; i++)
            {
                await index.UpsertAsync(Name, cases.Points(), Cancellation);
                if (i % 4 == 0)
                {
                    await index.DeleteAsync(Name, cases.Document(), 1, Cancellation);
                }
            }
        })));
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), hits => Assert.True(hits > 0));
    }
}
