using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Data;

/// <summary>
/// Before anything else: migrates the database and takes every lease away. Holding the data folder, we know that whoever
/// held them is dead, or may write nothing any more. What ran waits again, or is paused where that was asked for.
/// </summary>
internal sealed class DatabaseStart(IDbContextFactory<TrainingDbContext> contexts, DataFolder folder, TimeProvider clock) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.MigrateAsync(folder, cancellationToken);
        List<string> interrupted = await context.Jobs
            .Where(row => row.LeasedUntil != null || row.Status == JobStatus.Preparing || row.Status == JobStatus.Running)
            .Select(row => row.Id).ToListAsync(cancellationToken);
        foreach (string id in interrupted)
        {
            context.ChangeTracker.Clear();
            await JobChange.MakeAsync(context, Row, clock.GetUtcNow().UtcDateTime, Interrupt, cancellationToken);

            IQueryable<JobRow> Row(TrainingDbContext rows) => rows.Jobs.Where(row => row.Id == id);
        }

        await context.Jobs.Where(row => row.NotBefore != null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NotBefore, (DateTime?)null), cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Interrupt(JobChange change)
    {
        if (change.Row.Status is JobStatus.Preparing or JobStatus.Running)
        {
            change.SetStatus(change.Row.PauseRequested ? JobStatus.Paused : JobStatus.Queued);
        }

        change.Release();
        return Task.CompletedTask;
    }
}
