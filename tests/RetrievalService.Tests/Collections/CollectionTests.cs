using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Collections;

/// <summary>Collections: pinned to their encoder, and gone with everything in them.</summary>
public sealed class CollectionTests
{
    [Fact]
    public async Task A_collection_is_pinned_to_the_version_of_its_encoder_and_holds_it()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");

        Collection collection = await client.CreateCollectionAsync(new CreateCollectionRequest
        {
            Name = "notes",
            Description = "what we know",
            Metadata = { ["team"] = "a" },
            DenseWeight = 0.5,
        });

        Assert.Equal(("small", "small-version-1", EmbeddingState.Dimensions, 1), (collection.EmbeddingModel, collection.EmbeddingVersion, collection.Dimensions, collection.IndexRevision));
        Assert.Equal((0.5, "set", "what we know", "a"), (collection.DenseWeight, collection.DenseWeightSource, collection.Description, collection.Metadata["team"]));
        Assert.Equal(EmbeddingState.Window, collection.Chunking.MaxChunkSizeTokens);
        Assert.Equal("small@small-version-1", host.Backends.Models.Holds[collection.Id]);
        Assert.Equal((0.2, "default"), ((await client.CreateAsync()).DenseWeight, (await client.CreateAsync()).DenseWeightSource));
    }

    [Fact]
    public async Task A_request_id_gives_the_same_collection()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        CreateCollectionRequest request = new() { Name = "notes", RequestId = "r1" };

        Collection[] collections = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => await client.CreateCollectionAsync(request)));

        Assert.Single(collections.Select(collection => collection.Id).Distinct());
        Assert.NotEqual(collections[0].Id, (await host.As("other").CreateCollectionAsync(request)).Id);
        Assert.Equal(2, host.Backends.Models.Holds.Count);
    }

    [Fact]
    public async Task Deleting_removes_everything_at_once()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"), request => request.RequestId = "r1"));
        host.Backends.Embedding.Close();
        Document running = await client.IngestAsync(collection.Id, host.Backends.Files.Add("two apples"));
        await client.StatusAsync(running, DocumentStatus.InProgress);

        await client.DeleteCollectionAsync(new DeleteCollectionRequest { Id = collection.Id });

        await Refusal.NotFoundAsync(() => client.FindAsync(collection.Id, "apple"));
        await Refusal.NotFoundAsync(() => client.GetAsync(document));
        await Eventually.TrueAsync(() => host.Index.Names().Count == 0 && host.Backends.Models.Holds.IsEmpty, "index and hold go");
        host.Backends.Embedding.Open();
        Collection next = await client.CreateAsync();
        Document again = await client.IngestAsync(next.Id, host.Backends.Files.Add("three apples"), request => request.RequestId = "r1");
        Assert.NotEqual(document.Id, again.Id);
        Assert.Equal(DocumentStatus.Completed, (await client.SettledAsync(again)).Status);
        using var database = host.Database();
        Assert.Single(database.DocumentTexts);
        Assert.Single(database.Documents);
    }

    [Fact]
    public async Task Pages_of_collections_and_documents_hold_each_once()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        List<string> made = [];
        for (int i = 0; i < 5; i++)
        {
            made.Add((await client.CreateAsync(keywordOnly: true)).Id);
        }

        List<string> listed = [];
        ListCollectionsRequest request = new() { PageSize = 2 };
        do
        {
            ListCollectionsResponse page = await client.ListCollectionsAsync(request);
            listed.AddRange(page.Collections.Select(collection => collection.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(Enumerable.Reverse(made), listed);

        List<string> documents = [];
        for (int i = 0; i < 5; i++)
        {
            documents.Add((await client.IngestAsync(made[0], host.Backends.Files.Add($"text {i}"), ingest => ingest.BatchId = i < 3 ? "b" : "")).Id);
        }

        List<string> oldest = [];
        ListDocumentsRequest list = new() { CollectionId = made[0], PageSize = 2, OldestFirst = true };
        do
        {
            ListDocumentsResponse page = await client.ListDocumentsAsync(list);
            oldest.AddRange(page.Documents.Select(document => document.Id));
            list.PageToken = page.NextPageToken;
        }
        while (list.PageToken.Length > 0);
        Assert.Equal(documents, oldest);
        Assert.Equal(3, (await client.ListDocumentsAsync(new ListDocumentsRequest { CollectionId = made[0], BatchId = "b" })).Documents.Count);
        Assert.Single((await client.ListDocumentsAsync(new ListDocumentsRequest { CollectionId = made[0], FileId = "file-2" })).Documents);
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        host.Backends.Models.Add("writer", "writer-version-1", ModelTask.TextGeneration);
        RetrievalClient client = host.As("acme");
        string id = (await client.CreateAsync()).Id;
        await Refusal.OfFieldAsync("name", async () => await client.CreateCollectionAsync(new CreateCollectionRequest()));
        await Refusal.OfFieldAsync("embedding_model", async () => await client.CreateCollectionAsync(new CreateCollectionRequest { Name = "n", EmbeddingModel = "writer" }));
        await Refusal.OfFieldAsync("dense_weight", async () => await client.CreateCollectionAsync(new CreateCollectionRequest { Name = "n", DenseWeight = double.NaN }));
        await Refusal.OfFieldAsync("chunking.max_chunk_size_tokens", async () => await client.CreateCollectionAsync(
            new CreateCollectionRequest { Name = "n", Chunking = new ChunkingOptions { MaxChunkSizeTokens = 99 } }));
        await Refusal.OfFieldAsync("attributes", () => client.IngestAsync(id, "f", request => request.Attributes["x"] = new AttributeValue { StringValue = new string('x', 513) }));
        await Refusal.OfFieldAsync("attributes", () => client.IngestAsync(id, "f", request => request.Attributes["x"] = new AttributeValue()));
        await Refusal.OfFieldAsync("allowed_groups", () => client.IngestAsync(id, "f", request => request.AllowedGroups.Add("")));
        await Refusal.OfFieldAsync("limit", () => client.FindAsync(id, "q", request => request.Limit = 51));
        await Refusal.OfFieldAsync("query", () => client.FindAsync(id, " "));
        await Refusal.OfFieldAsync("candidates", () => client.FindAsync(id, "q", request => request.Candidates = 9));
        await Refusal.OfFieldAsync("query_vector", () => client.FindAsync(id, "q", request => request.QueryVector = Google.Protobuf.ByteString.CopyFrom(new byte[12])));
        Filter deep = new() { Exists = "x" };
        for (int i = 0; i < 8; i++)
        {
            deep = new Filter { Not = deep };
        }

        await Refusal.OfFieldAsync("filter", () => client.FindAsync(id, "q", request => request.Filter = deep));
        await Refusal.OfFieldAsync("filter.and[1]", () => client.FindAsync(id, "q", request => request.Filter = new Filter
        {
            And = new CompoundFilter { Filters = { new Filter { Exists = "x" }, new Filter() } },
        }));
        await Refusal.WithAsync(StatusCode.FailedPrecondition, async () => await client.SearchAsync(
            new SearchRequest { CollectionId = (await client.CreateAsync(keywordOnly: true)).Id, Query = "q", Mode = SearchMode.Dense }));
    }
}
