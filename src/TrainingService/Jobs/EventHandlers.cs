using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>What happened to jobs, and their checkpoints.</summary>
internal sealed class EventHandlers(JobStore store, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private const int PageSize = 200;
    private const int MaxPageSize = 1000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryAfterRestart = TimeSpan.FromSeconds(2);

    public async Task WatchAsync(WatchJobRequest request, IServerStreamWriter<JobEvent> stream, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        new FieldValidation()
            .RequireText("id", request.Id, JobHandlers.MaxId)
            .Require("after", request.After, request.After >= 0, "a cursor, or 0")
            .ThrowIfInvalid();
        long after = request.After;
        while (true)
        {
            // The status is read first: what is written later tells of a later status.
            bool ended = (await store.GetAsync(tenant, request.Id, context.CancellationToken)).HasEnded();
            List<EventRow> rows = await PageAsync(request.Id, after, PageSize, newestFirst: false, context.CancellationToken);
            foreach (EventRow row in rows)
            {
                await stream.WriteAsync(row.Describe(), context.CancellationToken);
                after = row.Cursor;
            }

            if (rows.Count == PageSize)
            {
                continue;
            }

            if (ended)
            {
                return;
            }

            await WaitAsync(after, context.CancellationToken);
        }
    }

    public async Task<ListEventsResponse> ListAsync(ListEventsRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        new FieldValidation()
            .RequireText("id", request.Id, JobHandlers.MaxId)
            .Require("after", request.After, request.After >= 0, "a cursor, or 0")
            .Require("page_size", request.PageSize, request.PageSize is >= 0 and <= MaxPageSize, $"0 (the default, {PageSize}) to {MaxPageSize}")
            .ThrowIfInvalid();
        await store.GetAsync(tenant, request.Id, context.CancellationToken);
        int size = request.PageSize == 0 ? PageSize : request.PageSize;
        List<EventRow> rows = await PageAsync(request.Id, request.After, size + 1, request.NewestFirst, context.CancellationToken);
        return new ListEventsResponse { Events = { rows.Take(size).Select(row => row.Describe()) }, HasMore = rows.Count > size };
    }

    public async Task<ListCheckpointsResponse> ListCheckpointsAsync(ListCheckpointsRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        new FieldValidation().RequireText("id", request.Id, JobHandlers.MaxId).ThrowIfInvalid();
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        await store.GetAsync(tenant, request.Id, context.CancellationToken);
        await using TrainingDbContext database = await store.OpenAsync(context.CancellationToken);
        List<CheckpointRow> rows = await database.Checkpoints.AsNoTracking()
            .Where(row => row.JobId == request.Id && row.Step < before)
            .OrderByDescending(row => row.Step)
            .Take(size + 1)
            .ToListAsync(context.CancellationToken);
        ListCheckpointsResponse response = new() { Checkpoints = { rows.Take(size).Select(row => row.Describe()) } };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Step);
        }

        return response;
    }

    private async Task<List<EventRow>> PageAsync(string jobId, long after, int size, bool newestFirst, CancellationToken cancellationToken)
    {
        await using TrainingDbContext database = await store.OpenAsync(cancellationToken);
        IQueryable<EventRow> rows = database.Events.AsNoTracking().Where(row => row.JobId == jobId);
        rows = newestFirst
            ? rows.Where(row => after == 0 || row.Cursor < after).OrderByDescending(row => row.Cursor)
            : rows.Where(row => row.Cursor > after).OrderBy(row => row.Cursor);
        return await rows.Take(size).ToListAsync(cancellationToken);
    }

    private async Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await Task.Delay(PollInterval, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw RpcErrors.Unavailable($"the service ends; watch again after cursor {after}", RetryAfterRestart);
        }
    }
}
