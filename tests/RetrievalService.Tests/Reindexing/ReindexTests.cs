using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Reindexing;

/// <summary>Vectors of another encoder are built beside those that are searched, and switched to in one step.</summary>
public sealed class ReindexTests
{
    private static readonly Dictionary<string, string?> QuickPoll = new() { ["Platform:Retrieval:EncoderPollInterval"] = "00:00:00.100" };

    [Fact]
    public async Task Without_an_encoder_words_are_searched_and_vectors_come_when_one_does()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync(QuickPoll, encoder: false);
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Collection words = await client.CreateAsync(keywordOnly: true);
        Assert.Equal(("", "", 0, 1), (collection.EmbeddingModel, collection.EmbeddingVersion, collection.Dimensions, collection.IndexRevision));
        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple\n\ntwo pears")));
        Assert.Equal(["two pears"], await client.FindAsync(collection.Id, "pears"));

        host.Backends.Models.Add("small", "small-version-1");

        await Eventually.TrueAsync(async () => (await GetAsync(client, collection)).EmbeddingModel == "small", "vectors come");
        Collection after = await GetAsync(client, collection);
        Assert.Equal(("small-version-1", EmbeddingState.Dimensions, 2), (after.EmbeddingVersion, after.Dimensions, after.IndexRevision));
        Assert.Null(after.Reindexing);
        SearchResponse found = await client.SearchAsync(new SearchRequest { CollectionId = collection.Id, Query = "pears" });
        Assert.Equal((SearchMode.Hybrid, 2, "two pears"), (found.Mode, found.IndexRevision, found.Results[0].Passage.Text));
        await Eventually.TrueAsync(() => !host.Index.Names().Contains($"{collection.Id}-1"), "the old index goes");
        await Eventually.TrueAsync(() => host.Backends.Models.Holds.GetValueOrDefault(collection.Id) == "small@small-version-1", "the version is held");
        await Eventually.TrueAsync(() => !host.Backends.Models.Holds.ContainsKey(collection.Id + "/next"), "the second hold goes");
        await Task.Delay(300);
        Assert.Equal("", (await GetAsync(client, words)).EmbeddingModel);
    }

    [Fact]
    public async Task A_promoted_encoder_changes_nothing_until_reindexing()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync(QuickPoll);
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        host.Backends.Models.Add("wide", "wide-version-1");
        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        await Task.Delay(300);
        Assert.Equal("small", (await GetAsync(client, collection)).EmbeddingModel);

        Collection asked = await client.ReindexCollectionAsync(new ReindexCollectionRequest { Id = collection.Id, EmbeddingModel = "wide" });
        await Eventually.TrueAsync(async () => (await GetAsync(client, collection)).EmbeddingModel == "wide", "it is switched");

        Assert.Equal(1, asked.IndexRevision);
        Assert.Equal((EmbeddingState.Dimensions * 2, 2), ((await GetAsync(client, collection)).Dimensions, (await GetAsync(client, collection)).IndexRevision));
        Assert.Equal(["one apple"], await client.FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Dense));
    }

    [Fact]
    public async Task Documents_that_are_ingested_deleted_and_changed_meanwhile_are_not_lost()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        List<Document> documents = [];
        for (int i = 0; i < 6; i++)
        {
            documents.Add(await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add($"text number {i} apple"))));
        }

        host.Backends.Models.Add("wide", "wide-version-1");
        int upserts = 0;
        TaskCompletionSource copying = new();
        TaskCompletionSource proceed = new();
        host.Index.Before = async (operation, document) =>
        {
            // The first document is being copied while the others change.
            if (operation == "upsert" && document == documents[0].Id && Interlocked.Increment(ref upserts) == 1)
            {
                copying.SetResult();
                await proceed.Task;
            }
        };
        await client.ReindexCollectionAsync(new ReindexCollectionRequest { Id = collection.Id, EmbeddingModel = "wide" });
        await copying.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = collection.Id, Id = documents[0].Id });
        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("changed pear"), request => request.DocumentId = documents[1].Id));
        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("new pear")));

        // One more is in the midst of its ingestion while the switch comes.
        TaskCompletionSource ingesting = new();
        TaskCompletionSource finish = new();
        string last = host.Backends.Files.Add("last pear");
        Func<string, string, Task> before = host.Index.Before;
        Document lastDocument = null!;
        host.Index.Before = async (operation, document) =>
        {
            await before(operation, document);
            if (operation == "upsert" && lastDocument?.Id == document && !ingesting.Task.IsCompleted)
            {
                ingesting.SetResult();
                await finish.Task;
            }
        };
        host.Backends.Embedding.Close();
        lastDocument = await client.IngestAsync(collection.Id, last);
        host.Backends.Embedding.Open();
        await ingesting.Task.WaitAsync(TimeSpan.FromSeconds(20));
        proceed.SetResult();
        await Eventually.TrueAsync(async () => (await GetAsync(client, collection)).EmbeddingModel == "wide", "it is switched");
        finish.SetResult();

        Assert.Equal(DocumentStatus.Completed, (await client.SettledAsync(lastDocument)).Status);
        Assert.Equal(
            ["changed pear", "last pear", "new pear"],
            (await client.FindAsync(collection.Id, "pear", request => request.Mode = SearchMode.Keyword)).Order());
        Assert.Equal(4, (await client.FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Keyword)).Count);
        await Eventually.TrueAsync(() => host.Index.Names().Count == 1, "the old index goes");
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id).All(point => point.DocumentId != documents[0].Id), "the deleted document's points go");
        Assert.All(host.Index.Points(collection.Id), point => Assert.Equal(EmbeddingState.Dimensions * 2, point.Vector.Length));
        Assert.Equal(7, host.Index.Points(collection.Id).Count);
    }

    [Fact]
    public async Task An_interrupted_reindexing_goes_on_after_a_start()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        for (int i = 0; i < 4; i++)
        {
            await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add($"text number {i}")));
        }

        host.Backends.Models.Add("wide", "wide-version-1");
        int copied = 0;
        host.Index.Before = (operation, _) => operation == "upsert" && Interlocked.Increment(ref copied) > 2 ? throw new IOException("the process dies") : Task.CompletedTask;
        await client.ReindexCollectionAsync(new ReindexCollectionRequest { Id = collection.Id, EmbeddingModel = "wide" });
        await Eventually.TrueAsync(async () => (await GetAsync(client, collection)).Reindexing?.Error.Length > 0, "it fails");
        await host.StopServiceAsync();
        host.Index.Before = (_, _) => Task.CompletedTask;
        int embedded = host.Backends.Embedding.Texts.Count;
        await host.StartServiceAsync();
        client = host.As("acme");
        await Eventually.TrueAsync(async () => (await GetAsync(client, collection)).EmbeddingModel == "wide", "it is switched");
        Assert.Equal(2, host.Backends.Embedding.Texts.Count - embedded);
        Assert.Equal(4, host.Index.Points(collection.Id + "-2").Count);
    }

    private static async Task<Collection> GetAsync(RetrievalClient client, Collection collection) =>
        await client.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id });
}
