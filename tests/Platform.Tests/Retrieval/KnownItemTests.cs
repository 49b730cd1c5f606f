using System.Globalization;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>A real documentation set: each document is looked for by its title, which is not in its text.</summary>
[Collection(QualityTests.Name)]
public sealed class KnownItemTests(QualityPlatform fixture)
{
    private const int ShortCount = 60;

    private static readonly (string Name, SearchMode Mode)[] Modes =
        [("keyword", SearchMode.Keyword), ("dense", SearchMode.Dense), ("fused", SearchMode.Hybrid)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sixty_documents_are_found_by_their_titles()
    {
        List<KoreanDocs.Entry> all = KoreanDocs.Require();
        Dictionary<string, double> hits = await MeasureAsync([.. Enumerable.Range(0, ShortCount).Select(i => all[i * all.Count / ShortCount])], "known-items-short");

        // Of so few titles two documents are chance: 0.036. The bar of 0.01 is for all of them.
        Assert.InRange(hits["fused"], Math.Max(hits["keyword"], hits["dense"]) - 0.036, 1);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task All_documents_are_found_by_their_titles()
    {
        Dictionary<string, double> hits = await MeasureAsync(KoreanDocs.Require(), "known-items");
        Assert.InRange(hits["fused"], Math.Max(hits["keyword"], hits["dense"]) - 0.01, 1);
    }

    private async Task<Dictionary<string, double>> MeasureAsync(List<KoreanDocs.Entry> entries, string name)
    {
        PlatformFixture.RequireModel(PlatformFixture.MultilingualE5);
        RetrievalCalls calls = new(fixture.Grpc);
        DateTime start = DateTime.UtcNow;
        Collection collection = await calls.CreateAsync(name, PlatformFixture.MultilingualE5);
        string[] ids = await calls.IngestAllAsync(collection.Id, [.. entries.Select((entry, i) => ($"document-{i:0000}.txt", entry.Text))], null, Ct);
        Task<long> peak = PeakMemoryAsync(calls, collection.Id);
        collection = await calls.WaitAsync(collection.Id, TimeSpan.FromMinutes(60), Ct);
        TimeSpan elapsed = DateTime.UtcNow - start;
        Assert.Equal(entries.Count, collection.Documents.Completed);
        long memory = await peak;
        collection = await calls.WaitForWeightAsync(collection.Id, Ct);

        int[] once = [.. Enumerable.Range(0, entries.Count).Where(i => entries[i].Title.Length > 0 && entries.Count(entry => entry.Title == entries[i].Title) == 1)];
        Dictionary<string, double> hits = [];
        foreach ((string mode, SearchMode asked) in Modes)
        {
            Ranking ranking = new();
            foreach (int i in once)
            {
                ranking.Add(
                    await calls.FindAsync(new SearchRequest { CollectionId = collection.Id, Query = entries[i].Title, Mode = asked, Limit = 50, MaxPerDocument = 1 }, Ct), ids[i]);
            }

            hits[mode] = ranking.Recall5;
        }

        Measurements.Write(
            name,
            [
                $"| documents | chunks | titles asked | dense weight | hit@5 keyword | hit@5 dense | hit@5 fused | ingest | peak resident |",
                $"|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
                $"| {entries.Count} | {collection.Chunks} | {once.Length} | {collection.DenseWeight:0.00} ({collection.DenseWeightSource}) | {hits["keyword"]:0.0000} | {hits["dense"]:0.0000} | {hits["fused"]:0.0000} | {elapsed.TotalSeconds:0} s | {memory >> 20} MiB |",
            ]);
        return hits;
    }

    // The platform's resident memory while it ingests, its child processes not counted.
    private async Task<long> PeakMemoryAsync(RetrievalCalls calls, string collection)
    {
        long peak = 0;
        while (true)
        {
            Collection now = await calls.Client.GetCollectionAsync(new GetCollectionRequest { Id = collection }, cancellationToken: Ct);
            string status = File.Exists($"/proc/{fixture.Platform.Id}/status") ? await File.ReadAllTextAsync($"/proc/{fixture.Platform.Id}/status", Ct) : "";
            string? line = status.Split('\n').FirstOrDefault(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
            if (line is not null)
            {
                peak = Math.Max(peak, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10);
            }

            if (now.Documents.Queued + now.Documents.InProgress == 0)
            {
                return peak;
            }

            await Task.Delay(500, Ct);
        }
    }
}
