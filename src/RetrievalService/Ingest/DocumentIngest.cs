using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Messages;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Messaging;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Works a claimed document off, and sees to what remains whichever way that ends.</summary>
internal sealed partial class DocumentIngest(
    IngestRows rows,
    IngestStages stages,
    RunningIngests running,
    IChunkIndex index,
    ICallerTokens callers,
    IMessagePublisher publisher,
    IngestSignal signal,
    ChoreSignal chores,
    TimeProvider clock,
    ILogger<DocumentIngest> log)
{
    /// <summary>Claims of a revision before it is given up.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Ends of the process, while it worked on a revision, before that is given up.</summary>
    public const int MaxInterruptions = 30;

    private const int MaxPublications = 8;

    public async Task RunAsync(ClaimedDocument claimed, CancellationToken stopping)
    {
        long started = clock.GetTimestamp();
        using RunningIngests.Running work = await running.EnterAsync(claimed.Row.Id, stopping);
        using IDisposable scope = callers.ActAs(CallerIdentity.User(claimed.Row.Tenant));
        using Activity? activity = IngestTelemetry.StartLinked("ingest", claimed.Row.Traceparent);
        string outcome;
        await using (new LeaseWatch(rows, claimed, work, clock))
        {
            outcome = await TryAsync(claimed, work, stopping);
        }

        activity?.SetTag("llmplatform.retrieval.outcome", outcome);
        activity?.SetStatus(outcome is "failed" or "retried" ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        IngestTelemetry.Ended(outcome);
        IngestTelemetry.Duration.Record(clock.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    private async Task<string> TryAsync(ClaimedDocument claimed, RunningIngests.Running work, CancellationToken stopping)
    {
        try
        {
            if (claimed.Row.Interruptions > MaxInterruptions)
            {
                throw new DocumentException(IngestErrors.Internal, $"the service ended {claimed.Row.Interruptions} times while it was ingested");
            }

            return await IngestAsync(claimed, work.Token);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            await rows.RequeueAsync(claimed, notBefore: null, "", "");
            return "interrupted";
        }
        catch (Exception) when (work.Token.IsCancellationRequested)
        {
            // Whoever took the lease has said in the row what is to be; if it was not taken after all, the row waits again.
            await rows.RequeueAsync(claimed, notBefore: null, "", "");
            await RemoveLeftoversAsync(claimed);
            signal.Wake();
            return "stopped";
        }
        catch (DocumentException exception)
        {
            LogUnreadable(claimed.Row.Id, exception.Code);
            return await FailAsync(claimed, exception.Code, exception.Message);
        }
        catch (Exception exception)
        {
            return await TryLaterAsync(claimed, exception);
        }
    }

    private async Task<string> IngestAsync(ClaimedDocument claimed, CancellationToken cancellationToken)
    {
        DocumentRow row = claimed.Row;
        if (await rows.CollectionAsync(row.CollectionId, cancellationToken) is not { } collection)
        {
            await RemoveLeftoversAsync(claimed);
            return "stopped";
        }

        string fingerprint = Fingerprint.Of(row, Fingerprint.ChunkingOf(row, collection));
        bool unchanged = row.IndexedRevision > 0 && row.IndexedFingerprint == fingerprint;
        PreparedDocument? prepared = unchanged ? null : await stages.PrepareAsync(claimed, collection, cancellationToken);
        IngestResult result = new() { Fingerprint = fingerprint };
        if (prepared is not null)
        {
            (result, collection) = await WriteAsync(claimed, collection, prepared, fingerprint, cancellationToken);
        }

        for (int i = 0; i < MaxPublications; i++)
        {
            switch (await rows.PublishAsync(claimed, result, row.AccessVersion, collection.IndexRevision, cancellationToken))
            {
                case Publication.Done:
                    await FinishAsync(claimed, collection, result);
                    return unchanged ? "unchanged" : "completed";

                case Publication.AccessChanged:
                    DocumentRow? now = await rows.FindAsync(row.Id, cancellationToken);
                    if (now is not null)
                    {
                        (row.Attributes, row.AllowedGroups, row.AccessVersion) = (now.Attributes, now.AllowedGroups, now.AccessVersion);
                        await index.SetAccessAsync(
                            collection.IndexName, row.Id, Documents.AttributeJson.Read(row.Attributes), Json.ReadList(row.AllowedGroups), cancellationToken);
                    }

                    break;

                case Publication.IndexChanged:
                    // The vectors were rebuilt meanwhile: this revision is written where searches look now.
                    CollectionRow? switched = await rows.CollectionAsync(row.CollectionId, cancellationToken);
                    if (switched is not null)
                    {
                        // Should this worker have made the old one again after it was dropped, it goes now.
                        await index.DropAsync(collection.IndexName, cancellationToken);
                        collection = switched;
                        if (prepared is not null)
                        {
                            (result, collection) = await WriteAsync(claimed, collection, prepared, fingerprint, cancellationToken);
                        }
                    }

                    break;

                default:
                    await RemoveLeftoversAsync(claimed);
                    return "stopped";
            }
        }

        throw new RpcException(new Status(StatusCode.Aborted, "the document changed too often while it was ingested"));
    }

    /// <summary>Writes the points where the collection is searched, even if that changes while they are written.</summary>
    private async Task<(IngestResult Result, CollectionRow Collection)> WriteAsync(
        ClaimedDocument claimed, CollectionRow collection, PreparedDocument prepared, string fingerprint, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await stages.WriteAsync(claimed, collection, prepared, fingerprint, cancellationToken), collection);
            }
            catch (KeyNotFoundException)
            {
                CollectionRow? now = await rows.CollectionAsync(collection.Id, cancellationToken);
                if (now is null || now.IndexRevision == collection.IndexRevision)
                {
                    throw;
                }

                collection = now;
            }
        }
    }

    /// <summary>Old points out, lease back, event: none of it can undo what was published.</summary>
    private async Task FinishAsync(ClaimedDocument claimed, CollectionRow collection, IngestResult result)
    {
        if (result.Revision is { } revision && !claimed.IsFirst)
        {
            try
            {
                await index.DeleteAsync(collection.IndexName, claimed.Row.Id, revision, CancellationToken.None);
            }
            catch (Exception exception)
            {
                LogIndexFailed(claimed.Row.Id, exception.Message);
                await rows.AddChoreAsync(ChoreKind.RemoveOldRevisions, claimed.Row);
                chores.Wake();
            }
        }

        if (!claimed.IsFirst)
        {
            await rows.ReleaseAsync(claimed);
        }

        IngestTelemetry.ChunksEmbedded.Add(result.ChunksEmbedded);
        publisher.Publish(new DocumentIndexed(claimed.Row.Tenant, claimed.Row.CollectionId, claimed.Row.Id, result.Revision ?? claimed.Row.IndexedRevision));
    }

    private async Task<string> FailAsync(ClaimedDocument claimed, string code, string message)
    {
        bool mine = await rows.FailAsync(claimed, code, message);
        await RemoveLeftoversAsync(claimed);
        return mine ? "failed" : "stopped";
    }

    private async Task<string> TryLaterAsync(ClaimedDocument claimed, Exception exception)
    {
        string message = exception is RpcException error ? $"{error.StatusCode}: {error.Status.Detail}" : exception.GetType().Name;
        bool hopeless = exception is RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.PermissionDenied };
        if (hopeless || claimed.Row.Attempts >= MaxAttempts)
        {
            LogFailed(claimed.Row.Id, claimed.Row.Attempts, exception);
            return await FailAsync(claimed, IngestErrors.Internal, message);
        }

        LogTriedAgain(claimed.Row.Id, claimed.Row.Attempts, SafeValue.Cut(message));
        TimeSpan pause = TimeSpan.FromSeconds(Math.Pow(4, claimed.Row.Attempts - 1));
        await rows.RequeueAsync(claimed, clock.GetUtcNow().UtcDateTime + pause, IngestErrors.Internal, message);
        _ = signal.WakeAfterAsync(pause);
        return "retried";
    }

    /// <summary>Points that no row names. Nobody else writes points of this document now.</summary>
    private async Task RemoveLeftoversAsync(ClaimedDocument claimed)
    {
        try
        {
            DocumentRow? row = await rows.FindAsync(claimed.Row.Id, CancellationToken.None);
            CollectionRow? collection = await rows.CollectionAsync(claimed.Row.CollectionId, CancellationToken.None);
            if (collection is null)
            {
                // Its index collections were dropped, but this worker may have made one again.
                await rows.AddChoreAsync(ChoreKind.RemoveCollection, claimed.Row);
                chores.Wake();
                return;
            }

            await index.DeleteAsync(collection.IndexName, claimed.Row.Id, row is { IndexedRevision: > 0 } ? row.IndexedRevision : null, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogIndexFailed(claimed.Row.Id, exception.Message);
            await rows.AddChoreAsync(ChoreKind.RemoveOldRevisions, claimed.Row);
            chores.Wake();
        }
    }

    [LoggerMessage(LogLevel.Information, "Document {Document} cannot be read: {Code}")]
    private partial void LogUnreadable(string document, string code);

    [LoggerMessage(LogLevel.Warning, "The index failed for document {Document}, it is tried again: {Reason}")]
    private partial void LogIndexFailed(string document, string reason);

    [LoggerMessage(LogLevel.Warning, "Ingesting document {Document} failed (attempt {Attempt}) and is tried again: {Reason}")]
    private partial void LogTriedAgain(string document, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "Ingesting document {Document} failed after {Attempts} attempts")]
    private partial void LogFailed(string document, int attempts, Exception exception);
}
