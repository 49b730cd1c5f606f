using System.Data;
using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Messages;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.RetrievalService.Documents;

/// <summary>
/// Changes of document rows, each one commit; what follows from it (a nudge, a worker that stops, a chore for the index)
/// comes after it. Every change of what is wanted takes the lease away, so that whoever works on what was wanted before
/// can write nothing any more.
/// </summary>
internal sealed class DocumentStore(
    IDbContextFactory<RetrievalDbContext> contexts,
    RunningIngests running,
    IndexChores chores,
    ChoreSignal choreSignal,
    IMessagePublisher publisher,
    TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The document that an earlier request with this id made.</summary>
    public async Task<DocumentRow?> FindByRequestAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindByRequestAsync(context, tenant, requestId, cancellationToken);
    }

    /// <summary>
    /// Queues a new document, or new content of one that <paramref name="mayChange"/> lets the caller change. Content that
    /// is indexed already is not queued again.
    /// </summary>
    /// <exception cref="RpcException">NOT_FOUND: the collection or the document is gone.</exception>
    public async Task<DocumentRow> IngestAsync(NewDocument wanted, Func<DocumentRow, bool> mayChange, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        if (wanted.RequestId is not null && await FindByRequestAsync(context, wanted.Tenant, wanted.RequestId, cancellationToken) is { } earlier)
        {
            // Another call with this request_id was quicker: its document is the answer.
            return earlier;
        }

        CollectionRow collection = await context.WritableAsync(wanted.CollectionId, wanted.Tenant, cancellationToken);
        DocumentRow row = wanted.DocumentId is null
            ? Add(context, wanted)
            : await context.Documents.SingleOrDefaultAsync(
                    one => one.CollectionId == wanted.CollectionId && one.Tenant == wanted.Tenant && one.Id == wanted.DocumentId, cancellationToken) is { } found && mayChange(found)
                ? found
                : throw RpcErrors.NotFound("document", wanted.DocumentId);
        ChoreRow? access = Apply(wanted, collection, row);
        if (access is not null)
        {
            context.Chores.Add(access);
        }

        if (wanted.RequestId is not null)
        {
            context.IngestRequests.Add(new IngestRequestRow { Tenant = wanted.Tenant, RequestId = wanted.RequestId, DocumentId = row.Id });
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        if (row.Status == DocumentStatus.Queued)
        {
            running.Stop(row.Id);
            publisher.Publish(new DocumentQueued(row.Id));
        }

        await DoNowAsync(access, cancellationToken);
        return row;
    }

    /// <summary>Changes attributes and groups: for searches and readers at once. Null: the document is gone.</summary>
    public async Task<DocumentRow?> SetAccessAsync(string documentId, string? attributes, string? allowedGroups, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        DocumentRow? row = await context.Documents.SingleOrDefaultAsync(one => one.Id == documentId, cancellationToken);
        if (row is null)
        {
            return null;
        }

        ChoreRow? access = ChangeAccess(row, attributes ?? row.Attributes, allowedGroups ?? row.AllowedGroups);
        if (access is not null)
        {
            context.Chores.Add(access);
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        await DoNowAsync(access, cancellationToken);
        return row;
    }

    /// <summary>Ends an ingestion that is queued or running. False: there was none.</summary>
    public async Task<bool> CancelAsync(string documentId, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        bool cancelled = await context.Documents
            .Where(row => row.Id == documentId && (row.Status == DocumentStatus.Queued || row.Status == DocumentStatus.InProgress))
            .ExecuteUpdateAsync(
                update => update
                    .SetProperty(row => row.Status, DocumentStatus.Cancelled)
                    .SetProperty(row => row.Stage, "")
                    .SetProperty(row => row.LeaseEpoch, row => row.LeaseEpoch + 1)
                    .SetProperty(row => row.LeaseOwner, (string?)null)
                    .SetProperty(row => row.LeasedUntil, (DateTime?)null),
                cancellationToken) > 0;
        running.Stop(documentId);
        return cancelled;
    }

    /// <summary>Queues a failed or cancelled document again. False: it is neither.</summary>
    public async Task<bool> RetryAsync(string documentId, CancellationToken cancellationToken)
    {
        DateTime now = Now;
        string? trace = Activity.Current?.Id;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        bool queued = await context.Documents
            .Where(row => row.Id == documentId && (row.Status == DocumentStatus.Failed || row.Status == DocumentStatus.Cancelled))
            .ExecuteUpdateAsync(
                update => update
                    .SetProperty(row => row.Status, DocumentStatus.Queued)
                    .SetProperty(row => row.Revision, row => row.Revision + 1)
                    .SetProperty(row => row.QueuedAt, now)
                    .SetProperty(row => row.NotBefore, (DateTime?)null)
                    .SetProperty(row => row.Attempts, 0)
                    .SetProperty(row => row.Interruptions, 0)
                    .SetProperty(row => row.ErrorCode, "")
                    .SetProperty(row => row.ErrorMessage, "")
                    .SetProperty(row => row.Traceparent, trace),
                cancellationToken) > 0;
        if (queued)
        {
            publisher.Publish(new DocumentQueued(documentId));
        }

        return queued;
    }

    /// <summary>Removes a document: from the commit on nobody finds it. What the index has of it goes right after.</summary>
    public async Task<bool> DeleteAsync(DocumentRow row, CancellationToken cancellationToken)
    {
        ChoreRow chore = new() { Kind = ChoreKind.RemoveDocument, Tenant = row.Tenant, CollectionId = row.CollectionId, DocumentId = row.Id };
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        if (await context.Documents.Where(one => one.Sequence == row.Sequence).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }

        await context.DocumentTexts.Where(part => part.DocumentId == row.Id).ExecuteDeleteAsync(cancellationToken);
        await context.IngestRequests.Where(request => request.DocumentId == row.Id).ExecuteDeleteAsync(cancellationToken);
        context.Chores.Add(chore);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        running.Stop(row.Id);
        choreSignal.Wake();
        return true;
    }

    private static async Task<DocumentRow?> FindByRequestAsync(RetrievalDbContext context, string tenant, string requestId, CancellationToken cancellationToken)
    {
        IQueryable<string> ids = context.IngestRequests.Where(row => row.Tenant == tenant && row.RequestId == requestId).Select(row => row.DocumentId);
        return await context.Documents.AsNoTracking().SingleOrDefaultAsync(row => ids.Contains(row.Id), cancellationToken);
    }

    private DocumentRow Add(RetrievalDbContext context, NewDocument wanted)
    {
        DocumentRow row = new()
        {
            Id = RowIds.New("doc"),
            Tenant = wanted.Tenant,
            CollectionId = wanted.CollectionId,
            FileId = wanted.FileId,
            Filename = wanted.Filename,
            Sha256 = wanted.Sha256,
            Attributes = wanted.Attributes,
            AllowedGroups = wanted.AllowedGroups,
            CreatedAt = Now,
            Revision = 0,
        };
        context.Documents.Add(row);
        return row;
    }

    /// <summary>Writes into the row what is wanted now. Gives the chore that a change of attributes or groups needs.</summary>
    private ChoreRow? Apply(NewDocument wanted, CollectionRow collection, DocumentRow row)
    {
        (row.FileId, row.Filename, row.Sha256, row.Size) = (wanted.FileId, wanted.Filename, wanted.Sha256, wanted.Size);
        (row.MaxChunkTokens, row.ChunkOverlapTokens, row.BatchId) = (wanted.MaxChunkTokens, wanted.ChunkOverlapTokens, wanted.BatchId);
        row.Revision++;
        ChoreRow? access = ChangeAccess(row, wanted.Attributes, wanted.AllowedGroups);
        if (row.Status == DocumentStatus.Completed && row.IndexedRevision > 0
            && row.IndexedFingerprint == Fingerprint.Of(row, Fingerprint.ChunkingOf(row, collection)))
        {
            // The same bytes, cut the same way: what is indexed is what is asked for.
            row.ChunksEmbedded = 0;
            return access;
        }

        row.Status = DocumentStatus.Queued;
        row.QueuedAt = Now;
        (row.NotBefore, row.Attempts, row.Interruptions, row.ErrorCode, row.ErrorMessage) = (null, 0, 0, "", "");
        (row.Stage, row.ChunksDone, row.ChunksTotal) = ("", 0, 0);
        row.Traceparent = Activity.Current?.Id;
        row.LeaseEpoch++;
        (row.LeaseOwner, row.LeasedUntil) = (null, null);
        return access;
    }

    private static ChoreRow? ChangeAccess(DocumentRow row, string attributes, string allowedGroups)
    {
        if (row.Attributes == attributes && row.AllowedGroups == allowedGroups)
        {
            return null;
        }

        (row.Attributes, row.AllowedGroups) = (attributes, allowedGroups);
        row.AccessVersion++;
        return row.IndexedRevision == 0
            ? null
            : new ChoreRow { Kind = ChoreKind.SetAccess, Tenant = row.Tenant, CollectionId = row.CollectionId, DocumentId = row.Id };
    }

    // A caller who searches right after finds the new attributes; an index that fails now gets them later.
    private async Task DoNowAsync(ChoreRow? chore, CancellationToken cancellationToken)
    {
        if (chore is null)
        {
            return;
        }

        try
        {
            await chores.DoAsync(chore, cancellationToken);
        }
        catch (Exception)
        {
            // The chore's row is there: the loop does it, logs what is wrong, and tries again.
            choreSignal.Wake();
        }
    }
}
