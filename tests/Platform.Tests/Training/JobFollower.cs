using System.Diagnostics;
using OpenAI.FineTuning;

namespace LlmPlatform.Platform.Tests.Training;

#pragma warning disable OPENAI001 // The client's own mark for parts that may still change.

/// <summary>An event as OpenAI's client gave it.</summary>
/// <param name="Event">The event.</param>
/// <param name="Look">Which look brought it, from 0.</param>
/// <param name="Live">Whether the job had not ended when it came.</param>
internal sealed record FollowedEvent(FineTuningEvent Event, int Look, bool Live)
{
    /// <summary>The step of "Step 3/4: training loss=0.69"; null where the event is no metric of training.</summary>
    public int? TrainingStep => Event.Message.StartsWith("Step ", StringComparison.Ordinal) && Event.Message.Contains("training loss=", StringComparison.Ordinal)
        ? int.Parse(Event.Message["Step ".Length..Event.Message.IndexOfAny(['/', ':'])], System.Globalization.CultureInfo.InvariantCulture)
        : null;
}

/// <summary>Follows a job while it runs, by nothing but OpenAI's own .NET client: its events are a list, the newest first.</summary>
internal sealed class JobFollower(FineTuningClient client, string id)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<string> _seen = [];

    /// <summary>What came, in the order in which it came; what came at once oldest first.</summary>
    public List<FollowedEvent> Events { get; } = [];

    /// <summary>Looks again and again until the job has ended.</summary>
    public async Task<FineTuningJob> FollowAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        FineTuningJob job = await client.GetJobAsync(id, cancellationToken);
        for (int look = 0; ; look++)
        {
            List<FineTuningEvent> fresh = await NewsAsync(job, cancellationToken);

            // Asked behind the events: a job that has not ended now had not ended when they came.
            bool hadEnded = Ended(job);
            job = await client.GetJobAsync(id, cancellationToken);
            Events.AddRange(fresh.Select(one => new FollowedEvent(one, look, Live: !Ended(job))));
            if (hadEnded)
            {
                return job;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < limit, $"after {limit} the job is {job.Status}");
            await Task.Delay(Between, cancellationToken);
        }
    }

    private static bool Ended(FineTuningJob job) => job.Status.ToString() is "succeeded" or "failed" or "cancelled";

    // Pages are fetched only as far as something is new.
    private async Task<List<FineTuningEvent>> NewsAsync(FineTuningJob job, CancellationToken cancellationToken)
    {
        List<FineTuningEvent> fresh = [];
        await foreach (FineTuningEvent one in job.GetEventsAsync(new GetEventsOptions { PageSize = 20 }, cancellationToken))
        {
            if (!_seen.Add(one.Id))
            {
                break;
            }

            fresh.Add(one);
        }

        fresh.Reverse();
        return fresh;
    }
}
