using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Leases;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Data;

/// <summary>
/// Before anything else: migrates the database and takes every lease away. Holding the data folder, we know that whoever
/// held them is dead, or may write nothing any more.
/// </summary>
internal sealed class DatabaseStart(IDbContextFactory<RetrievalDbContext> contexts, DataFolder folder, TimeProvider clock) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.MigrateAsync(folder, cancellationToken);
        await InterruptAsync(context, cancellationToken);
        await context.Documents.ReleaseAllAsync(cancellationToken);
        await context.Collections.ReleaseAllAsync(cancellationToken);

        // What was to be tried again later is tried again now: a start is as good a moment as any.
        await context.Documents.Where(row => row.NotBefore != null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NotBefore, (DateTime?)null), cancellationToken);
        await context.Collections.Where(row => row.NextNotBefore != null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextNotBefore, (DateTime?)null), cancellationToken);
        await context.Chores.Where(row => row.NotBefore != null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NotBefore, (DateTime?)null), cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What was being worked on when the process ended goes behind the others: were it what ends the process, it must not
    // keep them waiting, and after many times it is given up.
    private async Task InterruptAsync(RetrievalDbContext context, CancellationToken cancellationToken)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        await context.Documents.Where(row => row.LeasedUntil != null).ExecuteUpdateAsync(
            update => update
                .SetProperty(row => row.Interruptions, row => row.Interruptions + 1)
                .SetProperty(row => row.Attempts, row => row.Attempts > 0 ? row.Attempts - 1 : 0)
                .SetProperty(row => row.QueuedAt, now),
            cancellationToken);
    }
}
