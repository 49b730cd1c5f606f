using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Reindexing;

/// <summary>
/// Collections that were made without an encoder get vectors when one becomes available: the registry is asked from time
/// to time, as each such collection's tenant.
/// </summary>
internal sealed partial class EncoderWatch(
    IDbContextFactory<RetrievalDbContext> contexts,
    EncoderCatalog encoders,
    ReindexRows reindexing,
    ReindexSignal signal,
    ICallerTokens callers,
    RetrievalOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<EncoderWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.EncoderPollInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!lifetime.ApplicationStarted.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = await context.Collections.AsNoTracking()
            .Where(row => row.EmbeddingModel == null && row.NextModel == null && !row.KeywordOnly)
            .OrderBy(row => row.Sequence)
            .Select(row => new { row.Id, row.Tenant })
            .ToListAsync(cancellationToken);
        foreach (var tenant in waiting.GroupBy(row => row.Tenant))
        {
            using IDisposable scope = callers.ActAs(CallerIdentity.User(tenant.Key));
            if (await encoders.FindDefaultAsync(cancellationToken) is not { } encoder)
            {
                continue;
            }

            foreach (var collection in tenant)
            {
                if (await reindexing.AskAsync(collection.Id, encoder, onlyIfNone: true, cancellationToken))
                {
                    LogFound(collection.Id, encoder.Reference);
                    signal.Wake();
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Collection {Collection} gets vectors: {Encoder} is there")]
    private partial void LogFound(string collection, string encoder);

    [LoggerMessage(LogLevel.Warning, "Looking for an encoder failed and is tried again")]
    private partial void LogFailed(Exception exception);
}
