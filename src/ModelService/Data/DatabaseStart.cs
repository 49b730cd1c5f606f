using LlmPlatform.ServiceDefaults.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Data;

/// <summary>
/// Before anything else: migrates the database, and forgets uploads that a crash cut off. Holding the data folder, we
/// know that nobody is still at work on them.
/// </summary>
internal sealed class DatabaseStart(IDbContextFactory<ModelDbContext> contexts, DataFolder folder) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.MigrateAsync(folder, cancellationToken);
        await context.Files.Where(file => !file.Ready).ExecuteDeleteAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
