using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>
/// What whoever uses an index may rely on. Changes are repeated until they succeed, since an index promises no
/// transaction: what counts is the state after that.
/// </summary>
public abstract class ChunkIndexContract : IAsyncLifetime
{
    private const string Name = "papers";
    private IChunkIndex? _index;

    private protected static ITextAnalyzer Analyzer { get; } = new WordAnalyzer();

    private protected IChunkIndex Index => _index!;

    /// <summary>Makes an empty index.</summary>
    protected abstract IChunkIndex Make();

    public virtual ValueTask InitializeAsync()
    {
        _index = Make();
        return ValueTask.CompletedTask;
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Collections_are_made_once_listed_and_dropped()
    {
        await CreateAsync(3);
        await CreateAsync(3);
        await RetryAsync(() => Index.CreateAsync("other", 0, Cancellation));

        Assert.Equal(["other", Name], (await Index.ListAsync(Cancellation)).Order());
        await RetryAsync(() => Index.DropAsync(Name, Cancellation));
        await RetryAsync(() => Index.DropAsync(Name, Cancellation));
        Assert.Equal(["other"], await Index.ListAsync(Cancellation));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Index.QueryAsync(Name, Points.Ask(terms: ["x"]), Cancellation));
    }

    [Fact]
    public async Task A_dropped_collection_comes_back_empty_and_with_other_dimensions()
    {
        await CreateAsync(3);
        await UpsertAsync(Points.Make("d", 1, 0, "blue", [1, 0, 0]));
        await RetryAsync(() => Index.DropAsync(Name, Cancellation));
        await CreateAsync(2);

        Assert.Empty((await Index.QueryAsync(Name, Points.Ask(terms: ["blue"], vector: [1, 0]), Cancellation)).Keyword);
        await UpsertAsync(Points.Make("d", 1, 0, "blue", [1, 0]));
        Assert.Single((await Index.QueryAsync(Name, Points.Ask(vector: [1, 0]), Cancellation)).Dense);
    }

    [Fact]
    public async Task Other_dimensions_are_refused()
    {
        await CreateAsync(3);
        await Assert.ThrowsAsync<ArgumentException>(() => RetryAsync(() => Index.CreateAsync(Name, 4, Cancellation)));
        await Assert.ThrowsAsync<ArgumentException>(() => RetryAsync(() => Index.UpsertAsync(Name, [Points.Make("d", 1, 0, "x", [1, 0])], Cancellation)));
        await Assert.ThrowsAsync<ArgumentException>(() => Index.QueryAsync(Name, Points.Ask(vector: [1, 0]), Cancellation));
    }

    [Fact]
    public async Task Writing_where_no_collection_is_fails() =>
        await Assert.ThrowsAsync<KeyNotFoundException>(() => RetryAsync(() => Index.UpsertAsync("nowhere", [Points.Make("d", 1, 0, "x")], Cancellation)));

    [Fact]
    public async Task Points_written_twice_are_there_once()
    {
        await CreateAsync(2);
        IndexPoint point = Points.Make("d", 1, 0, "blue sky", [1, 0]);
        await UpsertAsync(point, point);
        await UpsertAsync(point);

        IndexAnswer answer = await Index.QueryAsync(Name, Points.Ask(terms: ["blue"], vector: [1, 0]), Cancellation);
        Assert.Equal(point.Id, Assert.Single(answer.Dense).Id);
        Assert.Equal(point.Id, Assert.Single(answer.Keyword).Id);
        Assert.Equal(1, (await Index.GetStatisticsAsync(Name, ["blue"], Cancellation)).Points);
    }

    [Fact]
    public async Task A_point_written_again_replaces_what_was_there()
    {
        await CreateAsync(2);
        await UpsertAsync(Points.Make("d", 1, 0, "blue sky", [1, 0]));
        await UpsertAsync(Points.Make("d", 1, 0, "green grass", [0, 1]));

        Assert.Empty((await Index.QueryAsync(Name, Points.Ask(terms: ["blue"]), Cancellation)).Keyword);
        IndexAnswer answer = await Index.QueryAsync(Name, Points.Ask(terms: ["grass"], vector: [0, 1]), Cancellation);
        Assert.Single(answer.Keyword);
        Assert.Equal(1, Assert.Single(answer.Dense).Score, 6);
        Assert.Equal("green grass", Assert.Single(await Index.GetAsync(Name, [IndexPoint.IdOf("d", 1, 0)], withVectors: false, Cancellation)).Text);
    }

    [Fact]
    public async Task All_of_a_point_comes_back()
    {
        await CreateAsync(2);
        IndexPoint point = Points.Make("d", 7, 3, "글 \0 text 🙂", [0.6f, 0.8f]) with
        {
            Context = "Chapter > Part",
            Start = 10,
            End = 23,
            Headings = ["Chapter", "Part"],
            Page = 4,
            Sheet = "Sheet1",
            AllowedGroups = ["g"],
            Attributes = new Dictionary<string, AttributeValue>
            {
                ["s"] = AttributeValue.Of("n1"),
                ["n"] = AttributeValue.Of(-1.5e300),
                ["b"] = AttributeValue.Of(true),
            },
        };
        await UpsertAsync(point);

        IndexPoint read = Assert.Single(await Index.ReadAsync(Name, "d", 7, withVectors: true, Cancellation).ListAsync());
        Assert.Equivalent(point with { Vector = default }, read with { Vector = default });
        Assert.Equal(point.Vector.ToArray(), read.Vector.ToArray());
        Assert.True(Assert.Single(await Index.GetAsync(Name, [point.Id], withVectors: false, Cancellation)).Vector.IsEmpty);
        Assert.Empty(await Index.GetAsync(Name, [Guid.NewGuid()], withVectors: false, Cancellation));
    }

    [Fact]
    public async Task The_context_is_found_too()
    {
        await CreateAsync(0);
        await UpsertAsync(Points.Make("d", 1, 0, "text") with { Context = "Heading" });
        Assert.Single((await Index.QueryAsync(Name, Points.Ask(terms: ["heading"]), Cancellation)).Keyword);
    }

    [Fact]
    public async Task Deleting_keeps_one_revision_or_none()
    {
        await CreateAsync(0);
        await UpsertAsync(Points.Make("d", 1, 0, "one"), Points.Make("d", 1, 1, "two"), Points.Make("e", 1, 0, "one"));
        await UpsertAsync(Points.Make("d", 2, 0, "one three"));

        await RetryAsync(() => Index.DeleteAsync(Name, "d", exceptRevision: 2, Cancellation));
        await RetryAsync(() => Index.DeleteAsync(Name, "d", exceptRevision: 2, Cancellation));
        Assert.Equal([("d", 2L), ("e", 1L)], (await Index.QueryAsync(Name, Points.Ask(terms: ["one"]), Cancellation)).Keyword.Select(hit => (hit.DocumentId, hit.Revision)).Order());
        Assert.Equal(
            [new IndexedRevision("d", 2, 1), new IndexedRevision("e", 1, 1)],
            (await Index.ListRevisionsAsync(Name, Cancellation).ListAsync()).OrderBy(revision => revision.DocumentId));

        await RetryAsync(() => Index.DeleteAsync(Name, "d", exceptRevision: null, Cancellation));
        Assert.Equal("e", Assert.Single((await Index.QueryAsync(Name, Points.Ask(terms: ["one"]), Cancellation)).Keyword).DocumentId);
        KeywordStatistics statistics = await Index.GetStatisticsAsync(Name, ["one", "three"], Cancellation);
        Assert.Equal(1, statistics.Points);
        Assert.Equal(1, statistics.AverageLength);
        Assert.Equal(1, statistics.DocumentFrequencies["one"]);
        Assert.Equal(0, statistics.DocumentFrequencies["three"]);
    }

    [Fact]
    public async Task Only_points_of_the_tenant_that_the_reader_may_see_come_back()
    {
        await CreateAsync(2);
        await UpsertAsync(
            Points.Make("open", 1, 0, "word", [1, 0]),
            Points.Make("closed", 1, 0, "word", [1, 0]) with { AllowedGroups = ["staff", "board"] },
            Points.Make("foreign", 1, 0, "word", [1, 0], tenant: "b"));

        Assert.Equal(["open"], await FoundAsync(groups: []));
        Assert.Equal(["open"], await FoundAsync(groups: ["guests"]));
        Assert.Equal(["closed", "open"], await FoundAsync(groups: ["guests", "board"]));
        IndexQuery administrator = Points.Ask(terms: ["word"]) with { Filter = new IndexFilter { Tenant = "a", ReaderGroups = null } };
        Assert.Equal(2, (await Index.QueryAsync(Name, administrator, Cancellation)).Keyword.Count);
    }

    [Fact]
    public async Task Access_can_be_changed_without_writing_points()
    {
        await CreateAsync(2);
        await UpsertAsync(Points.Make("d", 1, 0, "word", [1, 0]), Points.Make("d", 1, 1, "word", [0, 1]), Points.Make("e", 1, 0, "word", [0, 1]));
        await RetryAsync(() => Index.SetAccessAsync(Name, "d", new Dictionary<string, AttributeValue> { ["kind"] = AttributeValue.Of("memo") }, ["staff"], Cancellation));

        Assert.Equal(["e"], await FoundAsync(groups: []));
        Assert.Equal(["d", "d"], await FoundAsync(groups: ["staff"], filter: new Filter.EqualTo("kind", AttributeValue.Of("memo"))));
        Assert.Equal(["staff"], (await Index.GetAsync(Name, [IndexPoint.IdOf("d", 1, 1)], withVectors: false, Cancellation))[0].AllowedGroups);
    }

    [Fact]
    public async Task Ties_come_in_the_order_of_document_and_chunk()
    {
        await CreateAsync(2);
        await UpsertAsync([.. Enumerable.Range(0, 20).Select(i => Points.Make($"d{(i * 7) % 10}", 1, i / 10, "same words", [0.6f, 0.8f]))]);

        IndexAnswer answer = await Index.QueryAsync(Name, Points.Ask(terms: ["same"], vector: [1, 0], limit: 5), Cancellation);
        (string, int)[] expected = [("d0", 0), ("d0", 1), ("d1", 0), ("d1", 1), ("d2", 0)];
        Assert.Equal(expected, answer.Keyword.Select(hit => (hit.DocumentId, hit.Chunk)));
        Assert.Equal(expected, answer.Dense.Select(hit => (hit.DocumentId, hit.Chunk)));
    }

    [Fact]
    public async Task Vectors_are_found_by_content_within_the_tenant()
    {
        await CreateAsync(2);
        await UpsertAsync(Points.Make("d", 1, 0, "one", [1, 0]), Points.Make("f", 1, 0, "two", [0, 1], tenant: "b"));

        IReadOnlyDictionary<string, ReadOnlyMemory<float>> found =
            await Index.FindVectorsAsync(Name, "a", [IndexPoint.HashOf("one"), IndexPoint.HashOf("two"), IndexPoint.HashOf("three")], Cancellation);
        Assert.Equal([1f, 0f], Assert.Single(found).Value.ToArray());
        Assert.Contains(IndexPoint.HashOf("one"), found);
    }

    [Fact]
    public async Task A_revision_is_read_in_the_order_of_chunks()
    {
        await CreateAsync(0);
        await UpsertAsync([.. Enumerable.Range(0, 600).Reverse().Select(chunk => Points.Make("d", 1, chunk, $"text {chunk}"))]);
        await UpsertAsync(Points.Make("d", 2, 0, "other"));

        Assert.Equal(Enumerable.Range(0, 600), (await Index.ReadAsync(Name, "d", 1, withVectors: false, Cancellation).ListAsync()).Select(point => point.Chunk));
    }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected Task CreateAsync(int dimensions) => RetryAsync(() => Index.CreateAsync(Name, dimensions, Cancellation));

    private protected Task UpsertAsync(params IndexPoint[] points) => RetryAsync(() => Index.UpsertAsync(Name, points, Cancellation));

    private protected static async Task RetryAsync(Func<Task> change)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await change();
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                // Again: that is all that an index asks of its users.
            }
        }
    }

    private async Task<List<string>> FoundAsync(string[] groups, Filter? filter = null)
    {
        IndexAnswer answer = await Index.QueryAsync(Name, Points.Ask(terms: ["word"], vector: [1, 0], groups: groups, filter: filter), Cancellation);
        List<string> found = [.. answer.Keyword.Select(hit => hit.DocumentId).Order()];
        Assert.Equal(found, answer.Dense.Select(hit => hit.DocumentId).Order());
        return found;
    }
}
