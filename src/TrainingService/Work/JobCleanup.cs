using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Jobs;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Removes what a job that has ended does not need any more. What fails now is tried again by the next sweep.</summary>
internal sealed partial class JobCleanup(
    IDbContextFactory<TrainingDbContext> contexts, JobFolders folders, ICheckpointStore checkpoints, VersionHolds holds, ILogger<JobCleanup> log)
{
    /// <summary>Cleans up behind one job, if it has ended.</summary>
    public async Task CleanAsync(string jobId, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        JobRow? row = await context.Jobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == jobId, cancellationToken);
        if (row is null || row.Cleaned || !row.HasEnded())
        {
            return;
        }

        try
        {
            folders.Delete(row.Id);
            if (!row.CanResume())
            {
                checkpoints.Delete(row.Id);
                await context.Checkpoints.Where(checkpoint => checkpoint.JobId == row.Id).ExecuteDeleteAsync(cancellationToken);
            }

            await holds.ReleaseAsync(row.Tenant, row.Id, cancellationToken);
            await context.Jobs.Where(job => job.Sequence == row.Sequence && job.LeaseEpoch == row.LeaseEpoch)
                .ExecuteUpdateAsync(update => update.SetProperty(job => job.Cleaned, true), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RpcException)
        {
            LogLeft(row.Id, exception.Message);
        }
    }

    /// <summary>Cleans up behind all jobs that have ended and are not worked on.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        List<string> left = await context.Jobs
            .Where(job => !job.Cleaned && (job.Status == JobStatus.Succeeded || job.Status == JobStatus.Failed || job.Status == JobStatus.Cancelled))
            .Select(job => job.Id).ToListAsync(cancellationToken);
        foreach (string id in left)
        {
            await CleanAsync(id, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What job {Job} left behind is removed later: {Reason}")]
    private partial void LogLeft(string job, string reason);
}
