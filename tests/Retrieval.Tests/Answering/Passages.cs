using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.Retrieval.Tests.Index;

namespace LlmPlatform.Retrieval.Tests.Answering;

/// <summary>Searches a few texts by keywords; each is the second half of a document, so that offsets are not zero.</summary>
internal static class Passages
{
    public const int Offset = 1000;

    public static async Task<SearchAnswer> SearchAsync(string question, params string[] texts)
    {
        ReferenceIndex index = new(KeywordAnalyzer.Instance);
        await index.CreateAsync("test", 0, CancellationToken.None);
        await index.UpsertAsync("test", [.. texts.Select(Point)], CancellationToken.None);
        return await new HybridSearcher(index, KeywordAnalyzer.Instance).SearchAsync(
            "test",
            new SearchOptions { Query = question, Filter = new IndexFilter { Tenant = "local" }, Limit = 5 },
            (ids, _) => ValueTask.FromResult<IReadOnlyDictionary<string, long>>(ids.ToDictionary(id => id, _ => 1L)),
            CancellationToken.None);
    }

    private static IndexPoint Point(string text, int i) => new()
    {
        Id = IndexPoint.IdOf($"doc-{i}", 1, 0),
        Tenant = "local",
        DocumentId = $"doc-{i}",
        Revision = 1,
        Chunk = 0,
        Text = text,
        Start = Offset,
        End = Offset + text.Length,
        ContentHash = IndexPoint.HashOf(text),
    };
}
