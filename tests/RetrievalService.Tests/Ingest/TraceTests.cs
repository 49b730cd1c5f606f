using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Tests.Support;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Ingest;

/// <summary>The work has a trace of its own, linked to the one that asked for it.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task The_work_links_to_the_request_and_has_a_span_a_stage()
    {
        ConcurrentQueue<Activity> activities = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == IngestTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();

        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));

        string? traceparent;
        using (var database = host.Database())
        {
            traceparent = database.Documents.Single(row => row.Id == document.Id).Traceparent;
        }

        Assert.True(ActivityContext.TryParse(traceparent, null, out ActivityContext asked));
        await Eventually.TrueAsync(() => Work() is not null, "the work's span ends");
        Activity work = Work()!;
        Assert.NotEqual(asked.TraceId, work.TraceId);
        Assert.Equal("completed", work.GetTagItem("llmplatform.retrieval.outcome"));
        Assert.Equal(["parse", "chunk", "embed"], activities.Where(activity => activity.TraceId == work.TraceId && activity != work).Select(activity => activity.OperationName));

        Activity? Work() => activities.SingleOrDefault(activity => activity.OperationName == "ingest" && activity.Links.Any(link => link.Context.TraceId == asked.TraceId));
    }
}
