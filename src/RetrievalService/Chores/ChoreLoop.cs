using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Chores;

/// <summary>Works off what the index must still be told, one chore after the other.</summary>
internal sealed partial class ChoreLoop(
    ChoreSignal signal,
    IndexChores chores,
    IndexReconciliation reconciliation,
    IDbContextFactory<RetrievalDbContext> contexts,
    RetrievalOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<ChoreLoop> log)
    : ClaimLoop(signal.Signal, options.SweepInterval, lifetime, clock, log)
{
    private const int MaxDoublings = 6;

    private readonly TimeProvider _clock = clock;
    private readonly ILogger _log = log;

    protected override async Task<bool> WorkOneAsync(CancellationToken cancellationToken)
    {
        await reconciliation.EnsureAsync(cancellationToken);
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        ChoreRow? chore = await context.Chores.AsNoTracking()
            .Where(row => row.NotBefore == null || row.NotBefore <= now)
            .OrderBy(row => row.Sequence)
            .FirstOrDefaultAsync(cancellationToken);
        if (chore is null)
        {
            return false;
        }

        try
        {
            await chores.DoAsync(chore, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(chore.Kind, chore.CollectionId, SafeValue.Cut(exception.Message));
            DateTime notBefore = now + TimeSpan.FromSeconds(1 << Math.Min(chore.Attempts, MaxDoublings));
            await context.Chores.Where(row => row.Sequence == chore.Sequence).ExecuteUpdateAsync(
                update => update.SetProperty(row => row.Attempts, row => row.Attempts + 1).SetProperty(row => row.NotBefore, notBefore), cancellationToken);
            _ = signal.WakeAfterAsync(notBefore - now);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Warning, "{Kind} of collection {Collection} failed and is tried again: {Reason}")]
    private partial void LogFailed(ChoreKind kind, string collection, string reason);
}
