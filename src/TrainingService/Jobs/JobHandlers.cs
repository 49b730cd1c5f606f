using Grpc.Core;
using LlmPlatform.Contracts.Messages;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Recipes;
using LlmPlatform.TrainingService.Rows;
using LlmPlatform.TrainingService.Work;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>What callers do with jobs that are there.</summary>
internal sealed class JobHandlers(JobStore store, VersionHolds holds, JobCleanup cleanup, IMessagePublisher publisher)
{
    public const int MaxId = 128;

    private const string StateType = "JOB_STATUS";

    public async Task<Job> GetAsync(GetJobRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireText("id", request.Id, MaxId).ThrowIfInvalid();
        return (await store.GetAsync(context.GetCaller().Tenant, request.Id, context.CancellationToken)).Describe();
    }

    public async Task<ListJobsResponse> ListAsync(ListJobsRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        JobStatus[] statuses = [.. request.Statuses.Distinct()];
        new FieldValidation()
            .Require("statuses", statuses.FirstOrDefault(status => !IsStatus(status)), statuses.All(IsStatus), "statuses of jobs")
            .ThrowIfInvalid();
        await using TrainingDbContext database = await store.OpenAsync(context.CancellationToken);
        List<JobRow> rows = await database.Jobs.AsNoTracking()
            .Where(row => row.Tenant == tenant && row.Sequence < before && (statuses.Length == 0 || statuses.Contains(row.Status)))
            .OrderByDescending(row => row.Sequence)
            .Take(size + 1)
            .ToListAsync(context.CancellationToken);
        ListJobsResponse response = new() { Jobs = { rows.Take(size).Select(row => row.Describe()) } };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Sequence);
        }

        return response;
    }

    public async Task<Job> CancelAsync(CancelJobRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation().RequireText("id", request.Id, MaxId).ThrowIfInvalid();
        bool running = false;
        JobRow row = await store.ChangeAsync(tenant, request.Id, Cancel, context.CancellationToken);
        if (!running)
        {
            await cleanup.CleanAsync(row.Id, CancellationToken.None);
        }

        return row.Describe();

        void Cancel(JobChange change)
        {
            if (change.Row.Status == JobStatus.Cancelled)
            {
                return;
            }

            if (change.Row.Status == JobStatus.Succeeded)
            {
                throw RpcErrors.FailedPrecondition(StateType, change.Row.Id, $"job {change.Row.Id} has succeeded and cannot be cancelled");
            }

            // Whoever runs it sees that its lease is gone, ends the child and cleans up behind it.
            running = change.Row.LeasedUntil is not null;
            change.SetStatus(JobStatus.Cancelled);
            change.Row.Cleaned = false;
            change.Release();
        }
    }

    public async Task<Job> PauseAsync(PauseJobRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation().RequireText("id", request.Id, MaxId).ThrowIfInvalid();
        JobRow row = await store.ChangeAsync(tenant, request.Id, Pause, context.CancellationToken);
        return row.Describe();

        static void Pause(JobChange change)
        {
            switch (change.Row.Status)
            {
                case JobStatus.Queued or JobStatus.Preparing or JobStatus.Running when change.Row.LeasedUntil is not null:
                    change.Row.PauseRequested = true;
                    break;
                case JobStatus.Queued or JobStatus.Preparing or JobStatus.Running:
                    change.SetStatus(JobStatus.Paused);
                    change.Release();
                    break;
                case JobStatus.Paused:
                    break;
                default:
                    throw RpcErrors.FailedPrecondition(StateType, change.Row.Id, $"job {change.Row.Id} has ended and cannot be paused");
            }
        }
    }

    public async Task<Job> ResumeAsync(ResumeJobRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation().RequireText("id", request.Id, MaxId).ThrowIfInvalid();
        JobRow row = await store.GetAsync(tenant, request.Id, context.CancellationToken);
        if (row.CanResume())
        {
            await HoldAgainAsync(row, context.CancellationToken);
        }

        row = await store.ChangeAsync(tenant, request.Id, Resume, context.CancellationToken);
        publisher.Publish(new TrainingJobQueued(row.Id));
        return row.Describe();

        static void Resume(JobChange change)
        {
            JobRow row = change.Row;
            if (row.PauseRequested && !row.HasEnded())
            {
                // It has not stopped yet: should it stop all the same, it is queued again at once.
                row.PauseRequested = false;
                return;
            }

            if (!row.CanResume())
            {
                string why = row.ErrorCode.Length > 0 ? $" ({row.ErrorCode})" : "";
                throw RpcErrors.FailedPrecondition(
                    StateType,
                    row.Id,
                    $"job {row.Id} is {row.Status.ToString().ToLowerInvariant()}{why}: only paused jobs and those that failed for no fault of recipe or data can be resumed");
            }

            change.SetStatus(JobStatus.Queued);
            change.Release();
            (row.Losses, row.Attempts, row.NotBefore, row.QueuedAt, row.Cleaned) = (0, 0, null, change.Now, false);
        }
    }

    private async Task HoldAgainAsync(JobRow row, CancellationToken cancellationToken)
    {
        try
        {
            Recipe recipe = WorkerRecipe.Read(row.Recipe);
            await holds.HoldAsync(row.Tenant, row.Id, row.BaseVersion, recipe.Distillation?.TeacherModel, cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.FailedPrecondition("BASE_MODEL", row.BaseVersion, $"job {row.Id} cannot be resumed: {error.Status.Detail}");
        }
    }

    private static bool IsStatus(JobStatus status) => status is >= JobStatus.Queued and <= JobStatus.Cancelled;
}
