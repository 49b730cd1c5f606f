using System.Diagnostics;
using LlmPlatform.Contracts.Messages;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using LlmPlatform.ServiceDefaults.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Ingest;

/// <summary>Rows are the truth, messages only nudge.</summary>
public sealed class NudgeTests
{
    [Fact]
    public async Task With_the_sweep_at_ten_minutes_work_starts_within_two_seconds()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync(keywordOnly: true);
        await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("warm up")));

        long start = Stopwatch.GetTimestamp();
        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        await Eventually.TrueAsync(async () => (await client.GetAsync(document)).Status != DocumentStatus.Queued, "work starts");

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 2);
    }

    [Fact]
    public async Task With_the_message_suppressed_work_waits_for_the_sweep()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        await using RetrievalHost host = await RetrievalHost.StartAsync(
            clock: clock, configure: services => services.AddSingleton<IMessagePublisher>(new SilentPublisher()));
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync(keywordOnly: true);

        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        await Task.Delay(500);
        Assert.Equal(DocumentStatus.Queued, (await client.GetAsync(document)).Status);
        clock.Advance(TimeSpan.FromMinutes(9));
        await Task.Delay(200);
        client = host.As("acme");
        Assert.Equal(DocumentStatus.Queued, (await client.GetAsync(document)).Status);
        clock.Advance(TimeSpan.FromMinutes(1.1));

        Assert.Equal(DocumentStatus.Completed, (await host.As("acme").SettledAsync(document)).Status);
    }

    private sealed class SilentPublisher : IMessagePublisher
    {
        public bool Publish<T>(T message)
            where T : class => message is not DocumentQueued;
    }
}
