using Grpc.Core;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Reindexing;

/// <summary>Builds the next vectors of one collection after the other.</summary>
internal sealed partial class ReindexLoop(
    ReindexSignal signal,
    ReindexRows rows,
    CollectionReindex reindex,
    IndexReconciliation reconciliation,
    ChoreSignal chores,
    ICallerTokens callers,
    RetrievalOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<ReindexLoop> log)
    : ClaimLoop(signal.Signal, options.SweepInterval, lifetime, clock, log)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = log;

    protected override async Task<bool> WorkOneAsync(CancellationToken cancellationToken)
    {
        await reconciliation.EnsureAsync(cancellationToken);
        if (await rows.ClaimAsync(cancellationToken) is not { } claimed)
        {
            return false;
        }

        using IDisposable scope = callers.ActAs(CallerIdentity.User(claimed.Row.Tenant));
        using var activity = IngestTelemetry.StartLinked("reindex", null);
        try
        {
            if (await reindex.RunAsync(claimed, cancellationToken))
            {
                LogSwitched(claimed.Row.Id, claimed.Row.NextEncoder!.Reference);
                chores.Wake();
            }
        }
        catch (Exception exception)
        {
            // A process that ends gives the collection back too; the next start goes on with what was copied.
            bool stopping = cancellationToken.IsCancellationRequested;
            string reason = exception is RpcException error ? $"{error.StatusCode}: {error.Status.Detail}" : exception.GetType().Name;
            await rows.RetryAsync(claimed, stopping ? TimeSpan.Zero : RetryPause, stopping ? "" : reason);
            if (stopping)
            {
                throw;
            }

            LogFailed(claimed.Row.Id, SafeValue.Cut(reason));
            _ = signal.WakeAfterAsync(RetryPause);
        }

        return true;
    }

    [LoggerMessage(LogLevel.Information, "Collection {Collection} is searched with the vectors of {Encoder} now")]
    private partial void LogSwitched(string collection, string encoder);

    [LoggerMessage(LogLevel.Warning, "Building the vectors of collection {Collection} failed and is tried again: {Reason}")]
    private partial void LogFailed(string collection, string reason);
}
