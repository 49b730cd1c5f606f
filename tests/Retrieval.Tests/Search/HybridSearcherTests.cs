using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.Retrieval.Tests.Index;

namespace LlmPlatform.Retrieval.Tests.Search;

public sealed class HybridSearcherTests
{
    private const string Collection = "test";
    private const string Tenant = "local";

    private readonly ReferenceIndex _index = new(KeywordAnalyzer.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HybridSearcher Searcher => new(_index, KeywordAnalyzer.Instance);

    [Fact]
    public async Task Scores_are_the_weighted_sum_of_both_sides_scaled_over_their_candidates()
    {
        await FillAsync(
            Point("a", "red apple", 1, 0),
            Point("b", "red apple red apple", 0.8f, 0.6f),
            Point("c", "green pear", 0, 1));
        SearchAnswer answer = await SearchAsync(Options("red apple") with { Vector = Vector(1, 0), DenseWeight = 0.25 });
        Assert.Equal(SearchMode.Hybrid, answer.Mode);
        Assert.Equal(3, answer.Results.Count);
        foreach (SearchResult result in answer.Results)
        {
            ScoreParts parts = result.Parts;
            Assert.Equal((0.25 * (parts.DenseScaled ?? 0)) + (0.75 * (parts.KeywordScaled ?? 0)), result.Score, 12);
            Assert.Equal(parts.Keyword ?? 0, parts.Terms.Values.Sum(), 8);
        }

        SearchResult b = answer.Results.Single(result => result.Point.DocumentId == "b");
        Assert.Equal((1, 2), (b.Parts.KeywordRank, b.Parts.DenseRank));
        Assert.Equal(["appl", "red"], b.Parts.Terms.Keys.Order());
        Assert.Null(answer.Results.Single(result => result.Point.DocumentId == "c").Parts.Keyword);
    }

    [Fact]
    public async Task One_result_a_document_ranks_documents_by_the_best_of_all_their_chunks()
    {
        // a has the words in one chunk and the meaning in another, b a little of both in one.
        await FillAsync(
            Point("a", "red apple", 0, 1),
            Point("a", "something else", 1, 0, chunk: 1),
            Point("b", "red pear and more", 0.8f, 0.6f),
            Point("c", "red and green and blue", 0.6f, 0.8f));
        SearchOptions options = Options("red apple") with { Vector = Vector(1, 0), DenseWeight = 0.5 };
        SearchAnswer documents = await SearchAsync(options with { MaxPerDocument = 1 });
        SearchResult first = documents.Results[0];
        Assert.Equal("a", first.Point.DocumentId);
        Assert.Equal((1.0, 1.0, 1.0), (first.Score, first.Parts.DocumentDenseScaled!.Value, first.Parts.DocumentKeywordScaled!.Value));
        Assert.Equal(["a", "b", "c"], documents.Results.Select(result => result.Point.DocumentId));
        Assert.All((await SearchAsync(options)).Results, result => Assert.Null(result.Parts.DocumentDenseScaled));
    }

    [Fact]
    public async Task Without_a_vector_words_are_searched_and_the_score_is_the_share_of_what_is_possible()
    {
        await FillAsync(Point("a", "red apple"), Point("b", "red pear"));
        SearchAnswer answer = await SearchAsync(Options("red apple"));
        Assert.Equal(SearchMode.Keyword, answer.Mode);
        Assert.Equal(["a", "b"], answer.Results.Select(result => result.Point.DocumentId));
        Assert.All(answer.Results, result => Assert.InRange(result.Score, 0.01, 0.99));
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => SearchAsync(Options("red") with { Mode = SearchMode.Dense }));
        Assert.Contains("vector", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revisions_that_no_row_names_are_not_seen_however_many_there_are()
    {
        // The stale ones are better matches, and more than a search asks for at first.
        List<IndexPoint> stale = [.. Enumerable.Range(0, 300).Select(i => Point($"gone-{i:000}", "red red red apple"))];
        await FillAsync([.. stale, Point("here", "a red apple among many other words"), Point("here", "red red red apple", revision: 1)]);
        Dictionary<string, long> rows = new() { ["here"] = 2 };
        SearchAnswer answer = await SearchAsync(Options("red apple") with { Candidates = 10, Limit = 5 }, rows);
        Assert.Equal(("here", 2), (Assert.Single(answer.Results).Point.DocumentId, answer.Results[0].Point.Revision));
    }

    [Fact]
    public async Task Results_of_one_document_and_weak_results_can_be_kept_out()
    {
        await FillAsync(
            Point("a", "red apple", chunk: 0), Point("a", "red apple tree", chunk: 1), Point("a", "red apple tree garden", chunk: 2), Point("b", "red"), Point("c", "apple tree"));
        SearchAnswer one = await SearchAsync(Options("red apple") with { MaxPerDocument = 1 });
        Assert.Equal(3, one.Results.Count);
        Assert.Equal(3, one.Results.Select(result => result.Point.DocumentId).Distinct().Count());
        SearchAnswer all = await SearchAsync(Options("red apple"));
        double threshold = all.Results[2].Score;
        SearchAnswer strong = await SearchAsync(Options("red apple") with { ScoreThreshold = threshold });
        Assert.Equal(all.Results.Count(result => result.Score >= threshold), strong.Results.Count);
        Assert.InRange(strong.Results.Count, 1, all.Results.Count - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Diversity_prefers_what_is_unlike_the_results_before(bool vectors)
    {
        await FillAsync(
            Point("a", "red apple tree", 1, 0.1f),
            Point("b", "red apple tree", 1, 0.11f),
            Point("c", "red apple cake recipe with sugar", 0.3f, 0.9f));
        SearchOptions options = Options("red apple") with { Limit = 2, Vector = vectors ? Vector(1, 0) : default, DenseWeight = 0.5 };
        Assert.Equal(["a", "b"], (await SearchAsync(options)).Results.Select(result => result.Point.DocumentId));
        SearchAnswer diverse = await SearchAsync(options with { Diversity = 0.8 });
        Assert.Equal(["a", "c"], diverse.Results.Select(result => result.Point.DocumentId));
        Assert.NotNull(diverse.Results[1].Parts.DiversityPenalty);
    }

    private static SearchOptions Options(string query) => new() { Query = query, Filter = new IndexFilter { Tenant = Tenant } };

    private static ReadOnlyMemory<float> Vector(float x, float y)
    {
        float norm = MathF.Sqrt((x * x) + (y * y));
        return new[] { x / norm, y / norm };
    }

    private static IndexPoint Point(string document, string text, float x = 1, float y = 0, int chunk = 0, long revision = 2) => new()
    {
        Id = IndexPoint.IdOf(document, revision, chunk),
        Tenant = Tenant,
        DocumentId = document,
        Revision = revision,
        Chunk = chunk,
        Text = text,
        ContentHash = IndexPoint.HashOf(text),
        Vector = Vector(x, y),
    };

    private async Task FillAsync(params IndexPoint[] points)
    {
        await _index.CreateAsync(Collection, 2, Ct);
        await _index.UpsertAsync(Collection, points, Ct);
    }

    private Task<SearchAnswer> SearchAsync(SearchOptions options, Dictionary<string, long>? rows = null) =>
        Searcher.SearchAsync(
            Collection,
            options,
            (ids, _) => ValueTask.FromResult<IReadOnlyDictionary<string, long>>(rows ?? ids.ToDictionary(id => id, _ => 2L)),
            Ct);
}
