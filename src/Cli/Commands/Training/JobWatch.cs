using Grpc.Core;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Training.V1;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>Follows a job to its end: live curves in a terminal, a line for each event elsewhere.</summary>
internal static class JobWatch
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <returns>The job as it ended.</returns>
    public static async Task<Job> FollowAsync(TrainingClient client, CommandOutput output, Job job, CancellationToken cancellation)
    {
        JobCurves curves = new(job);
        await output.LiveAsync(
            curves.Render,
            async redraw =>
            {
                using AsyncServerStreamingCall<JobEvent> call = client.WatchJob(new WatchJobRequest { Id = job.Id }, cancellationToken: cancellation);
                TimeProvider clock = TimeProvider.System;
                (long drawn, long looked) = (0, 0);
                await foreach (JobEvent happened in call.ResponseStream.ReadAllAsync(cancellation))
                {
                    string line = curves.Add(happened);
                    if (looked == 0 || clock.GetElapsedTime(looked) >= LookAgain)
                    {
                        looked = clock.GetTimestamp();
                        curves.Job = await client.GetJobAsync(new GetJobRequest { Id = job.Id }, cancellationToken: cancellation);
                    }

                    if (!output.IsLive)
                    {
                        output.Note(line);
                    }
                    else if (drawn == 0 || clock.GetElapsedTime(drawn) >= Redraw)
                    {
                        drawn = clock.GetTimestamp();
                        redraw();
                    }
                }

                curves.Job = await client.GetJobAsync(new GetJobRequest { Id = job.Id }, cancellationToken: cancellation);
                redraw();
            });
        return curves.Job;
    }

    /// <summary>Prints what has happened so far, and nothing that is still to come.</summary>
    public static async Task<JobCurves> ReadAsync(TrainingClient client, Job job, ICollection<JobEvent> events, CancellationToken cancellation)
    {
        const int PageSize = 100;
        JobCurves curves = new(job);
        ListEventsRequest request = new() { Id = job.Id, PageSize = PageSize };
        bool hasMore;
        do
        {
            ListEventsResponse page = await client.ListEventsAsync(request, cancellationToken: cancellation);
            foreach (JobEvent happened in page.Events)
            {
                curves.Add(happened);
                events.Add(happened);
                request.After = happened.Cursor;
            }

            hasMore = page.HasMore && page.Events.Count > 0;
        }
        while (hasMore);
        return curves;
    }

    /// <exception cref="CommandException">The job did not end well.</exception>
    public static void RequireSuccess(Job job)
    {
        if (job.Status == JobStatus.Failed && job.Error is { } error)
        {
            throw new CommandException($"job {job.Id} failed: {JobText.Failure(error)}");
        }

        if (job.Status == JobStatus.Cancelled)
        {
            throw new CommandException($"job {job.Id} was cancelled");
        }
    }
}
