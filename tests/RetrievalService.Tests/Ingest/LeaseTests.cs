using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.RetrievalService.Tests.Support;
using LlmPlatform.ServiceDefaults.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Ingest;

/// <summary>A worker that lost its lease can write nothing.</summary>
public sealed class LeaseTests
{
    [Fact]
    public async Task A_stale_worker_writes_nothing()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        await using RetrievalHost host = await RetrievalHost.StartAsync(
            clock: clock, configure: services => services.AddSingleton<IMessagePublisher>(new NoPublisher()));
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync(keywordOnly: true);
        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        IngestRows rows = host.Services.GetRequiredService<IngestRows>();

        ClaimedDocument stale = (await rows.ClaimAsync(default))!;
        Assert.Null(await rows.ClaimAsync(default));
        clock.Advance(IngestRows.LeaseDuration + TimeSpan.FromSeconds(1));
        ClaimedDocument present = (await rows.ClaimAsync(default))!;
        Assert.Equal((document.Id, stale.Epoch + 1), (present.Row.Id, present.Epoch));

        IngestResult result = new() { Revision = 1, Fingerprint = "f", Text = "stale", Chunks = 1 };
        Assert.False(await rows.HoldsAsync(stale, renew: false, default));
        Assert.False(await rows.HoldsAsync(stale, renew: true, default));
        Assert.Equal(Publication.Lost, await rows.PublishAsync(stale, result, 1, 1, default));
        Assert.False(await rows.FailAsync(stale, "internal", "stale"));
        await rows.ReportAsync(stale, "stale", 7, 7, default);
        await rows.RequeueAsync(stale, null, "internal", "stale");
        await rows.ReleaseAsync(stale);

        DocumentRow row = (await rows.FindAsync(document.Id, default))!;
        Assert.Equal((DocumentStatus.InProgress, 0L, "parse", present.Epoch), (row.Status, row.IndexedRevision, row.Stage, row.LeaseEpoch));
        Assert.NotNull(row.LeasedUntil);
        using (var database = host.Database())
        {
            Assert.Empty(database.DocumentTexts);
        }

        Assert.Equal(Publication.AccessChanged, await rows.PublishAsync(present, result, 2, 1, default));
        Assert.Equal(Publication.IndexChanged, await rows.PublishAsync(present, result, 1, 2, default));
        Assert.Equal(Publication.Done, await rows.PublishAsync(present, result, 1, 1, default));
        Assert.Equal((DocumentStatus.Completed, 1), ((await rows.FindAsync(document.Id, default))!.Status, (await rows.FindAsync(document.Id, default))!.IndexedRevision));
    }

    [Fact]
    public async Task Of_many_claims_at_once_each_document_goes_to_one()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync(configure: services => services.AddSingleton<IMessagePublisher>(new NoPublisher()));
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync(keywordOnly: true);
        for (int i = 0; i < 5; i++)
        {
            await client.IngestAsync(collection.Id, host.Backends.Files.Add($"text {i}"));
        }

        IngestRows rows = host.Services.GetRequiredService<IngestRows>();
        ClaimedDocument?[] claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => rows.ClaimAsync(default))));

        Assert.Equal(5, claims.Count(claim => claim is not null));
        Assert.Equal(5, claims.OfType<ClaimedDocument>().Select(claim => claim.Row.Id).Distinct().Count());
    }

    private sealed class NoPublisher : IMessagePublisher
    {
        public bool Publish<T>(T message)
            where T : class => false;
    }
}
