using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Leases;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Work;

/// <summary>A job's row as it was claimed. All writes for it say <c>WHERE lease_epoch = Epoch</c>.</summary>
internal sealed record ClaimedJob(JobRow Row, long Epoch);

/// <summary>What the holder of a lease sees when it looks.</summary>
internal readonly record struct LeaseState(bool Held, bool PauseRequested);

/// <summary>Claims, and the writes of whoever holds one.</summary>
internal sealed class JobRows(IDbContextFactory<TrainingDbContext> contexts, TimeProvider clock)
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Claims the job that waits longest; null when none waits.</summary>
    public async Task<ClaimedJob?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            DateTime now = Now;
            JobRow? row = await Waiting(context).Claimable(now)
                .Where(job => job.NotBefore == null || job.NotBefore <= now)
                .OrderBy(job => job.QueuedAt).ThenBy(job => job.Sequence)
                .FirstOrDefaultAsync(cancellationToken);
            if (row is null)
            {
                return null;
            }

            // Another worker may have been quicker; then there may be another row.
            if (await Waiting(context).Where(job => job.Sequence == row.Sequence)
                .TryClaimAsync(row.LeaseEpoch, _owner, now, LeaseDuration, cancellationToken))
            {
                return new ClaimedJob(row, row.LeaseEpoch + 1);
            }
        }
    }

    /// <summary>Whether the lease still holds and what is wanted, and makes it last when asked.</summary>
    public async Task<LeaseState> LookAsync(ClaimedJob claimed, bool renew, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        if (renew && !await Mine(context, claimed).RenewAsync(claimed.Epoch, Now + LeaseDuration, cancellationToken))
        {
            return default;
        }

        bool[] pause = await Mine(context, claimed).Select(job => job.PauseRequested).ToArrayAsync(cancellationToken);
        return new LeaseState(pause.Length > 0, pause is [true]);
    }

    /// <summary>The job as it is now, whoever holds it.</summary>
    public async Task<JobRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Jobs.AsNoTracking().SingleOrDefaultAsync(job => job.Id == id, cancellationToken);
    }

    /// <summary>Changes the row if the lease holds.</summary>
    /// <returns>False: the lease was lost, and nothing was written.</returns>
    public Task<bool> WriteAsync(ClaimedJob claimed, Action<JobChange> change) => WriteAsync(claimed, one =>
    {
        change(one);
        return Task.CompletedTask;
    });

    /// <summary>Changes the row if the lease holds.</summary>
    /// <returns>False: the lease was lost, and nothing was written.</returns>
    public async Task<bool> WriteAsync(ClaimedJob claimed, Func<JobChange, Task> change)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        return await JobChange.MakeAsync(context, rows => Mine(rows, claimed), Now, change, CancellationToken.None);
    }

    private static IQueryable<JobRow> Waiting(TrainingDbContext context) => context.Jobs.AsNoTracking()
        .Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Preparing || job.Status == JobStatus.Running);

    private static IQueryable<JobRow> Mine(TrainingDbContext context, ClaimedJob claimed) =>
        context.Jobs.Where(job => job.Sequence == claimed.Row.Sequence && job.LeaseEpoch == claimed.Epoch);
}
