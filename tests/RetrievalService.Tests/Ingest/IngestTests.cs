using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Ingest;

/// <summary>A file becomes a document that is found.</summary>
public sealed class IngestTests
{
    [Fact]
    public async Task A_document_is_read_cut_embedded_and_found()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        string file = host.Backends.Files.Add("The fox jumps.\n\nThe dog sleeps.", "animals.txt");

        Document queued = await client.IngestAsync(collection.Id, file, request => request.Attributes["lang"] = new AttributeValue { StringValue = "en" });
        Document document = await client.SettledAsync(queued);

        Assert.Equal(DocumentStatus.Completed, document.Status);
        Assert.Equal((1, 1, 2, 2), (document.Revision, document.IndexedRevision, document.Chunks, document.ChunksEmbedded));
        Assert.Equal(("Title", "text/plain", "animals.txt", file), (document.Title, document.MediaType, document.Filename, document.FileId));
        Assert.Equal("The fox jumps.\n\nThe dog sleeps.", await client.TextAsync(document));
        Assert.Equal(31, document.TextLength);
        SearchResponse found = await client.SearchAsync(new SearchRequest { CollectionId = collection.Id, Query = "dog" });
        Assert.Equal(SearchMode.Hybrid, found.Mode);
        Passage passage = found.Results[0].Passage;
        Assert.Equal(("The dog sleeps.", 16L, 31L, "animals.txt", "en"), (passage.Text, passage.Start, passage.End, passage.Filename, passage.Attributes["lang"].StringValue));
        Collection after = await client.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id });
        Assert.Equal((1, 1, 2, 31), (after.Documents.Total, after.Documents.Completed, after.Chunks, after.DocumentsSize));
    }

    [Fact]
    public async Task A_damaged_document_fails_at_once_and_says_why()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();

        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("corrupt")));

        Assert.Equal((DocumentStatus.Failed, "corrupt", "the file is damaged"), (document.Status, document.LastError.Code, document.LastError.Message));
        Assert.Equal(1, host.Reader.Reads);
        Assert.Empty(host.Index.Points(collection.Id));
    }

    [Fact]
    public async Task Only_chunks_that_changed_are_embedded_again()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document first = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple\n\ntwo pears\n\nthree plums")));
        Assert.Equal(3, host.Backends.Embedding.Texts.Count);

        Document second = await client.SettledAsync(await client.IngestAsync(
            collection.Id, host.Backends.Files.Add("one apple\n\ntwo cherries\n\nthree plums"), request => request.DocumentId = first.Id));

        Assert.Equal((2, 2, 3, 1), (second.Revision, second.IndexedRevision, second.Chunks, second.ChunksEmbedded));
        Assert.Equal(["two cherries"], host.Backends.Embedding.Texts.Skip(3));
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id).All(point => point.Revision == 2), "old points go");
        Assert.Equal(3, host.Index.Points(collection.Id).Count);
        Assert.DoesNotContain("two pears", await client.FindAsync(collection.Id, "pears", request => request.Mode = SearchMode.Keyword));
    }

    [Fact]
    public async Task The_same_content_again_is_done_without_work()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document first = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));

        Document second = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"), request =>
        {
            request.DocumentId = first.Id;
            request.Attributes["kind"] = new AttributeValue { StringValue = "fruit" };
        });

        Assert.Equal((DocumentStatus.Completed, 2, 1, 0), (second.Status, second.Revision, second.IndexedRevision, second.ChunksEmbedded));
        Assert.Equal((1, 1), (host.Reader.Reads, host.Backends.Files.Downloads));
        Assert.Equal(["one apple"], await client.FindAsync(collection.Id, "apple", request => request.Filter = new Filter
        {
            Equals_ = new CompareFilter { Key = "kind", Value = new AttributeValue { StringValue = "fruit" } },
        }));
    }

    [Fact]
    public async Task A_service_that_is_away_is_tried_again()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        host.Backends.Embedding.Failures = 1;

        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));

        Assert.Equal(DocumentStatus.Completed, document.Status);
        Assert.Null(document.LastError);
        Assert.Equal(2, host.Reader.Reads);
    }

    [Fact]
    public async Task Cancelling_stops_the_work_and_keeps_what_was_indexed()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document first = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        host.Backends.Embedding.Close();
        Document second = await client.IngestAsync(collection.Id, host.Backends.Files.Add("two pears"), request => request.DocumentId = first.Id);
        await client.StatusAsync(second, DocumentStatus.InProgress);

        Document cancelled = await client.CancelIngestAsync(new CancelIngestRequest { CollectionId = collection.Id, Id = first.Id });

        Assert.Equal((DocumentStatus.Cancelled, 2, 1), (cancelled.Status, cancelled.Revision, cancelled.IndexedRevision));
        host.Backends.Embedding.Open();
        Assert.Equal(["one apple"], await client.FindAsync(collection.Id, "apple"));

        Document retried = await client.SettledAsync(await client.RetryIngestAsync(new RetryIngestRequest { CollectionId = collection.Id, Id = first.Id }));
        Assert.Equal((DocumentStatus.Completed, 3, 3), (retried.Status, retried.Revision, retried.IndexedRevision));
        Assert.Equal(["two pears"], await client.FindAsync(collection.Id, "pears", request => request.Mode = SearchMode.Keyword));
    }

    [Fact]
    public async Task Deleting_during_the_work_leaves_nothing()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        TaskCompletionSource upserting = new();
        TaskCompletionSource proceed = new();
        host.Index.Before = async (operation, _) =>
        {
            if (operation == "upsert")
            {
                upserting.TrySetResult();
                await proceed.Task;
            }
        };
        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        await upserting.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await client.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = collection.Id, Id = document.Id });
        proceed.SetResult();

        await Refusal.NotFoundAsync(() => client.GetAsync(document));
        await Eventually.TrueAsync(() => { using var database = host.Database(); return !database.Chores.Any(); }, "the chore is done");
        Assert.Empty(host.Index.Points(collection.Id));
        Assert.Empty(await client.FindAsync(collection.Id, "apple"));
    }

    [Fact]
    public async Task A_deleted_document_is_gone_at_once_though_the_index_fails()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        int failures = 1;
        host.Index.Before = (operation, _) => operation == "delete" && failures-- > 0 ? throw new IOException("the disk is away") : Task.CompletedTask;

        await client.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = collection.Id, Id = document.Id });

        Assert.Empty(await client.FindAsync(collection.Id, "apple"));
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id).Count == 0, "the points go when the index works again");
    }

    [Fact]
    public async Task A_request_id_gives_the_same_document_until_it_is_deleted()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        string file = host.Backends.Files.Add("one apple");

        Document[] documents = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.IngestAsync(collection.Id, file, request => request.RequestId = "r1")));
        Assert.Single(documents.Select(document => document.Id).Distinct());
        Assert.NotEqual(documents[0].Id, (await host.As("other").IngestAsync((await host.As("other").CreateAsync()).Id, file, request => request.RequestId = "r1")).Id);

        await client.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = collection.Id, Id = documents[0].Id });
        Assert.NotEqual(documents[0].Id, (await client.IngestAsync(collection.Id, file, request => request.RequestId = "r1")).Id);
    }

    [Fact]
    public async Task A_missing_file_is_refused_and_a_file_that_goes_later_is_told()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        await Refusal.NotFoundAsync(() => client.IngestAsync(collection.Id, "file-none"));

        host.Backends.Embedding.Close();
        await client.StatusAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("the one before")), DocumentStatus.InProgress);
        string file = host.Backends.Files.Add("one apple");
        Document document = await client.IngestAsync(collection.Id, file);
        host.Backends.Files.Files.TryRemove(file, out _);
        host.Backends.Embedding.Open();

        Assert.Equal("file_not_found", (await client.SettledAsync(document)).LastError.Code);
    }

    [Fact]
    public async Task A_text_longer_than_the_encoders_window_gets_one_vector_of_all_of_it()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        string text = string.Join(' ', Enumerable.Repeat("padding", 250)) + " needle";

        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add(text)));

        Assert.Equal((1, 1), (document.Chunks, document.ChunksEmbedded));
        Assert.All(host.Backends.Embedding.Texts, window => Assert.True(window.Split(' ').Length <= EmbeddingState.Window + 1));
        Assert.Equal(text, string.Concat(host.Backends.Embedding.Texts));
        Assert.Equal(1, host.Index.Points(collection.Id)[0].Vector.ToArray().Sum(value => value * value), 3);
    }
}
