using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>One worker: ingests one document after the other.</summary>
internal sealed class IngestLoop(
    IngestSignal signal,
    IngestRows rows,
    DocumentIngest ingest,
    IndexReconciliation reconciliation,
    RetrievalOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<IngestLoop> log)
    : ClaimLoop(signal.Signal, options.SweepInterval, lifetime, clock, log)
{
    protected override async Task<bool> WorkOneAsync(CancellationToken cancellationToken)
    {
        await reconciliation.EnsureAsync(cancellationToken);
        if (await rows.ClaimAsync(cancellationToken) is not { } claimed)
        {
            return false;
        }

        if (options.Workers > 1)
        {
            // There may be work for the next one too.
            signal.Wake();
        }

        await ingest.RunAsync(claimed, cancellationToken);
        return true;
    }
}
