using System.Runtime.CompilerServices;
using LlmPlatform.Contracts.Training.V1;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.History;

/// <summary>A job's events and checkpoints.</summary>
internal sealed class FineTuningHistoryEndpoints(TrainingClient training)
{
    private const int DefaultEvents = 20;
    private const int MostEvents = 1000;
    private const int DefaultCheckpoints = 10;
    private const int MostCheckpoints = 100;

    // The most that the service is asked for at once.
    private const int PageSize = 100;

    public async Task ListEventsAsync(HttpContext http, string id)
    {
        CancellationToken cancellation = http.RequestAborted;
        FineTuningQuery query = FineTuningQuery.Read(http.Request.Query, DefaultEvents, MostEvents, withMetadata: false);
        ListEventsRequest request = new() { Id = id, NewestFirst = true, After = query.After is { } after ? FineTuningEvent.CursorOf(after) : 0 };
        Job job = await training.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: cancellation);
        List<JobEvent> events = [];
        bool hasMore;
        do
        {
            request.PageSize = Math.Min(PageSize, query.Limit - events.Count);
            ListEventsResponse page = await training.ListEventsAsync(request, cancellationToken: cancellation);
            events.AddRange(page.Events);
            hasMore = page.HasMore && page.Events.Count > 0;
            request.After = events.Count > 0 ? events[^1].Cursor : 0;
        }
        while (hasMore && events.Count < query.Limit);
        await OpenAiJson.WriteAsync(
            http, new FineTuningEventList { Data = [.. events.Select(one => FineTuningEvent.From(one, job))], HasMore = hasMore }, OpenAiJson.Default.FineTuningEventList);
    }

    public async Task ListCheckpointsAsync(HttpContext http, string id)
    {
        FineTuningQuery query = FineTuningQuery.Read(http.Request.Query, DefaultCheckpoints, MostCheckpoints, withMetadata: false);
        Job job = await training.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: http.RequestAborted);
        (IReadOnlyList<Checkpoint> page, bool hasMore) = await query.PageAsync(EnumerateAsync(id, http.RequestAborted), checkpoint => checkpoint.Id);
        await OpenAiJson.WriteAsync(
            http,
            new FineTuningCheckpointList { Data = [.. page.Select(checkpoint => FineTuningCheckpoint.From(checkpoint, job))], HasMore = hasMore },
            OpenAiJson.Default.FineTuningCheckpointList);
    }

    private async IAsyncEnumerable<Checkpoint> EnumerateAsync(string id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ListCheckpointsRequest request = new() { Id = id, PageSize = PageSize };
        do
        {
            ListCheckpointsResponse page = await training.ListCheckpointsAsync(request, cancellationToken: cancellation);
            foreach (Checkpoint checkpoint in page.Checkpoints)
            {
                yield return checkpoint;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
