using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>Search quality: KorQuAD's passages are documents, its questions are queries, with each encoder.</summary>
[Collection(QualityTests.Name)]
public sealed class KorQuadSearchTests(QualityPlatform fixture)
{
    private const int EveryNth = 11;

    private static readonly (string Name, SearchMode Mode)[] Modes =
        [("keyword", SearchMode.Keyword), ("dense", SearchMode.Dense), ("fused", SearchMode.Hybrid)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Of every eleventh question the order of the systems is certain, the third digit is not.</summary>
    [Fact]
    public async Task Fusion_is_never_worse_than_keywords_alone()
    {
        List<Row> rows = await MeasureAsync(EveryNth);
        Report("korquad-search-short", rows);
        Assert.All(rows.Where(row => row.Mode == "keyword"), row => Assert.InRange(row.Ranking.Recall5, 0.97, 1));
        foreach (string encoder in rows.Select(row => row.Encoder).Distinct())
        {
            Assert.InRange(Of(rows, encoder, "fused").Ndcg10, Of(rows, encoder, "keyword").Ndcg10 - 0.005, 1);
            Assert.InRange(Of(rows, encoder, "fused").Recall5, Of(rows, encoder, "keyword").Recall5 - 0.005, 1);
        }

        Assert.True(Of(rows, PlatformFixture.MultilingualE5, "dense").Ndcg10 > Of(rows, PlatformFixture.MiniLm, "dense").Ndcg10);
        Assert.True(Of(rows, PlatformFixture.MultilingualE5, "fused").Ndcg10 > Of(rows, PlatformFixture.MultilingualE5, "dense").Ndcg10);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task All_questions_reach_the_bars()
    {
        List<Row> rows = await MeasureAsync(1);
        Report("korquad-search", rows);
        Assert.All(rows.Where(row => row.Mode == "keyword"), row => Assert.InRange(row.Ranking.Recall5, 0.978, 1));
        foreach (string encoder in rows.Select(row => row.Encoder).Distinct())
        {
            Assert.InRange(Of(rows, encoder, "fused").Recall5, Of(rows, encoder, "keyword").Recall5 - 0.002, 1);
            Assert.InRange(Of(rows, encoder, "fused").Ndcg10, Of(rows, encoder, "keyword").Ndcg10 - 0.002, 1);
        }

        Assert.InRange(Of(rows, PlatformFixture.MultilingualE5, "fused").Ndcg10, 0.951, 1);
    }

    private static Ranking Of(List<Row> rows, string encoder, string mode) => rows.Single(row => row.Encoder == encoder && row.Mode == mode).Ranking;

    private static void Report(string name, List<Row> rows) => Measurements.Write(
        name,
        [
            $"| encoder | search | dense weight | recall@5 | nDCG@10 | questions |",
            $"|---|---|--:|--:|--:|--:|",
            .. rows.Select(row => (FormattableString)$"| {row.Encoder} | {row.Mode} | {row.Weight:0.00} | {row.Ranking.Recall5:0.0000} | {row.Ranking.Ndcg10:0.0000} | {row.Ranking.Count} |"),
        ]);

    private async Task<List<Row>> MeasureAsync(int everyNth)
    {
        KorQuad data = KorQuad.Require();
        PlatformFixture.RequireModel(PlatformFixture.MiniLm);
        PlatformFixture.RequireModel(PlatformFixture.MultilingualE5);
        RetrievalCalls calls = new(fixture.Grpc);
        List<Row> rows = [];
        foreach (string encoder in new[] { PlatformFixture.MiniLm, PlatformFixture.MultilingualE5 })
        {
            KorQuadCollection collection = await KorQuadCollection.GetAsync(calls, data, encoder, Ct);
            KorQuad.Question[] questions = [.. data.Questions.Where((_, i) => i % everyNth == 0)];
            foreach ((string name, SearchMode mode) in Modes)
            {
                Ranking ranking = new();
                await Parallel.ForEachAsync(questions, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct }, async (question, cancellation) =>
                    ranking.Add(
                        await calls.FindAsync(new SearchRequest { CollectionId = collection.Id, Query = question.Text, Mode = mode, Limit = 20 }, cancellation),
                        collection.Documents[question.Passage]));
                rows.Add(new Row(encoder, name, collection.DenseWeight, ranking));
            }
        }

        return rows;
    }

    private sealed record Row(string Encoder, string Mode, double Weight, Ranking Ranking);
}
