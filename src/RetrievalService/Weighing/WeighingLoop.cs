using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Weighing;

/// <summary>
/// Looks from time to time for collections whose text has changed since their dense weight was measured, and measures it
/// once nothing is being ingested into them any more. A weight that a caller set stays.
/// </summary>
internal sealed partial class WeighingLoop(
    IDbContextFactory<RetrievalDbContext> contexts,
    CollectionWeight weight,
    IndexReconciliation reconciliation,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<WeighingLoop> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // A collection that changes all the time is not measured all the time.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!lifetime.ApplicationStarted.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await reconciliation.EnsureAsync(stoppingToken);
                foreach (CollectionRow collection in await DueAsync(stoppingToken))
                {
                    if (await weight.MeasureAsync(collection, stoppingToken) is { } measured)
                    {
                        LogMeasured(collection.Id, measured);
                    }
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    private async Task<List<CollectionRow>> DueAsync(CancellationToken cancellationToken)
    {
        DateTime rested = clock.GetUtcNow().UtcDateTime - Rest;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Collections.AsNoTracking()
            .Where(row => row.EmbeddingModel != null && row.NextModel == null && (row.DenseWeight == null || row.DenseWeightMeasured))
            .Where(row => row.IndexedAt != null && (row.WeighedAt == null || (row.WeighedAt < row.IndexedAt && row.WeighedAt < rested)))
            .Where(row => !context.Documents.Any(document => document.CollectionId == row.Id
                && (document.Status == DocumentStatus.Queued || document.Status == DocumentStatus.InProgress)))
            .OrderBy(row => row.Sequence)
            .ToListAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Collection {Collection}: the dense weight is {Weight}, measured on its own text")]
    private partial void LogMeasured(string collection, double weight);

    [LoggerMessage(LogLevel.Warning, "Measuring a dense weight failed and is tried again")]
    private partial void LogFailed(Exception exception);
}
