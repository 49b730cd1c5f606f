using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.RetrievalService.Tests.Support;
using Microsoft.EntityFrameworkCore;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Restart;

/// <summary>After a crash at any moment, index and rows agree again.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_start_removes_points_that_no_row_names_and_ingests_anew_what_is_missing()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document whole = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        Document damaged = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("two apples\n\nthree apples")));
        Document gone = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("four apples")));
        IndexPoint point = host.Index.Points(collection.Id).Single(one => one.DocumentId == whole.Id);
        await host.StopServiceAsync();
        await host.Index.UpsertAsync($"{collection.Id}-1", [point with { Id = Guid.NewGuid(), Revision = 9 }, point with { Id = Guid.NewGuid(), DocumentId = "doc-unknown" }], default);
        await host.Index.CreateAsync($"{collection.Id}-7", 4, default);
        await host.Index.CreateAsync("vs-unknown-1", 4, default);
        host.Index.Lose(one => one.DocumentId == damaged.Id && one.Chunk == 1);
        host.Index.Lose(one => one.DocumentId == gone.Id);

        await host.StartServiceAsync();

        client = host.As("acme");
        await Eventually.TrueAsync(async () => (await client.GetAsync(gone)).IndexedRevision == 2 && (await client.GetAsync(damaged)).IndexedRevision == 2, "what is missing comes again");
        Assert.Equal(1, (await client.GetAsync(whole)).IndexedRevision);
        Assert.Equal([$"{collection.Id}-1"], host.Index.Names());
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id).Count == 4, "nothing else is there");
        Assert.Equal(4, (await client.FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Keyword)).Count);
    }

    [Fact]
    public async Task Work_that_was_interrupted_is_done_after_the_start()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        host.Backends.Embedding.Close();
        Document running = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        Document waiting = await client.IngestAsync(collection.Id, host.Backends.Files.Add("two apples"));
        await client.StatusAsync(running, DocumentStatus.InProgress);

        await host.StopServiceAsync();
        host.Backends.Embedding.Open();
        await host.StartServiceAsync();

        client = host.As("acme");
        Assert.Equal(DocumentStatus.Completed, (await client.SettledAsync(running)).Status);
        Assert.Equal(DocumentStatus.Completed, (await client.SettledAsync(waiting)).Status);
        Assert.Equal(2, host.Index.Points(collection.Id).Count);
    }

    [Fact]
    public async Task A_document_that_ends_the_process_each_time_is_given_up()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        host.Backends.Embedding.Close();
        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        await client.StatusAsync(document, DocumentStatus.InProgress);
        await host.StopServiceAsync();
        host.Backends.Embedding.Open();
        await host.StartServiceAsync();
        await host.As("acme").SettledAsync(document);

        // As a process leaves the row that was killed at its work once more.
        using (var database = host.Database())
        {
            await database.Documents.ExecuteUpdateAsync(update => update
                .SetProperty(row => row.Status, DocumentStatus.InProgress)
                .SetProperty(row => row.Revision, 2)
                .SetProperty(row => row.IndexedFingerprint, (string?)null)
                .SetProperty(row => row.Interruptions, DocumentIngest.MaxInterruptions)
                .SetProperty(row => row.LeaseOwner, "dead")
                .SetProperty(row => row.LeasedUntil, DateTime.UtcNow.AddMinutes(1)));
        }

        await host.StopServiceAsync();
        await host.StartServiceAsync();
        Document given = await host.As("acme").SettledAsync(document);
        Assert.Equal((DocumentStatus.Failed, "internal"), (given.Status, given.LastError.Code));
        Assert.Equal(["one apple"], await host.As("acme").FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Keyword));
    }

    [Fact]
    public async Task A_document_that_the_process_ended_on_waits_behind_the_others_and_is_not_failed_for_it()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        using (var database = host.Database())
        {
            await database.Documents.ExecuteUpdateAsync(update => update
                .SetProperty(row => row.Status, DocumentStatus.InProgress)
                .SetProperty(row => row.Revision, 2)
                .SetProperty(row => row.IndexedFingerprint, (string?)null)
                .SetProperty(row => row.Interruptions, DocumentIngest.MaxInterruptions - 1)
                .SetProperty(row => row.Attempts, DocumentIngest.MaxAttempts)
                .SetProperty(row => row.LeaseOwner, "dead")
                .SetProperty(row => row.LeasedUntil, DateTime.UtcNow.AddMinutes(1)));
        }

        await host.StopServiceAsync();
        DateTime before = DateTime.UtcNow;
        await host.StartServiceAsync();
        Document settled = await host.As("acme").SettledAsync(document);
        Assert.Equal((DocumentStatus.Completed, 2), (settled.Status, settled.IndexedRevision));
        using (var database = host.Database())
        {
            DocumentRow row = await database.Documents.SingleAsync();
            Assert.True(row.QueuedAt >= before, $"{row.QueuedAt:O}");
            Assert.Equal(DocumentIngest.MaxInterruptions, row.Interruptions);
        }
    }

    [Fact]
    public async Task An_index_that_fails_between_upsert_and_delete_leaves_one_revision_to_be_found()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        Document first = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("old apple")));
        int failures = 1;
        host.Index.Before = (operation, _) => operation == "delete" && failures-- > 0 ? throw new IOException("the disk is away") : Task.CompletedTask;

        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("new apple"), request => request.DocumentId = first.Id));

        Assert.Equal(["new apple"], await client.FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Keyword));
        await host.StopServiceAsync();
        await host.StartServiceAsync();
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id).Count == 1, "the old points go");
        Assert.Equal(["new apple"], await host.As("acme").FindAsync(collection.Id, "apple", request => request.Mode = SearchMode.Keyword));
    }
}
