using System.Data;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>A document's row as it was claimed. All writes for it say <c>WHERE lease_epoch = Epoch</c>.</summary>
internal sealed record ClaimedDocument(DocumentRow Row, long Epoch)
{
    /// <summary>Whether the index cannot have points of other revisions.</summary>
    public bool IsFirst { get; } = Row is { IndexedRevision: 0, Revision: 1 };
}

/// <summary>What came of the attempt to publish a revision.</summary>
internal enum Publication
{
    /// <summary>Searches return it.</summary>
    Done,

    /// <summary>The lease, the row or the collection is gone, or another revision is wanted.</summary>
    Lost,

    /// <summary>Attributes or groups changed meanwhile: the points must get them first.</summary>
    AccessChanged,

    /// <summary>The collection is searched in another index collection by now: the points must be written there.</summary>
    IndexChanged,
}

/// <summary>The rows of ingestion: claims, and the writes of whoever holds one.</summary>
internal sealed class IngestRows(IDbContextFactory<RetrievalDbContext> contexts, TimeProvider clock)
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    private const string FirstStage = "parse";

    // A part is at most 768 KiB as UTF-8: below the longest message of GetDocumentText.
    private const int TextPart = 256 << 10;

    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Claims the document that waits longest; null when none waits.</summary>
    public async Task<ClaimedDocument?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            DateTime now = Now;
            DocumentRow? row = await context.Documents.AsNoTracking().Claimable(now)
                .Where(document => document.Status == DocumentStatus.Queued || document.Status == DocumentStatus.InProgress)
                .Where(document => document.NotBefore == null || document.NotBefore <= now)
                .OrderBy(document => document.QueuedAt).ThenBy(document => document.Sequence)
                .FirstOrDefaultAsync(cancellationToken);
            if (row is null)
            {
                return null;
            }

            // Another worker may have been quicker; then there may be another row.
            ClaimedDocument claimed = new(row, row.LeaseEpoch + 1);
            DateTime until = now + LeaseDuration;
            if (await Exactly(context, row).Claimable(now).Where(document => document.LeaseEpoch == row.LeaseEpoch).ExecuteUpdateAsync(
                update => update
                    .SetProperty(document => document.LeaseOwner, _owner)
                    .SetProperty(document => document.LeaseEpoch, claimed.Epoch)
                    .SetProperty(document => document.LeasedUntil, until)
                    .SetProperty(document => document.Status, DocumentStatus.InProgress)
                    .SetProperty(document => document.Stage, FirstStage)
                    .SetProperty(document => document.Attempts, row.Attempts + 1),
                cancellationToken) > 0)
            {
                row.Attempts++;
                return claimed;
            }
        }
    }

    /// <summary>The collection as it is now.</summary>
    public async Task<CollectionRow?> CollectionAsync(string id, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Collections.AsNoTracking().SingleOrDefaultAsync(collection => collection.Id == id, cancellationToken);
    }

    /// <summary>The document as it is now, whoever holds it.</summary>
    public async Task<DocumentRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Documents.AsNoTracking().SingleOrDefaultAsync(document => document.Id == id, cancellationToken);
    }

    /// <summary>Whether the lease still holds, and makes it last when asked.</summary>
    public async Task<bool> HoldsAsync(ClaimedDocument claimed, bool renew, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return renew
            ? await Mine(context, claimed).RenewAsync(claimed.Epoch, Now + LeaseDuration, cancellationToken)
            : await Mine(context, claimed).AnyAsync(cancellationToken);
    }

    /// <summary>Says how far the work is.</summary>
    public async Task ReportAsync(ClaimedDocument claimed, string stage, long done, long total, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await Mine(context, claimed).ExecuteUpdateAsync(
            update => update
                .SetProperty(document => document.Stage, stage)
                .SetProperty(document => document.ChunksDone, done)
                .SetProperty(document => document.ChunksTotal, total),
            cancellationToken);
    }

    /// <summary>
    /// The one step in which searches begin to return a revision: if the lease holds, the revision is still the one wanted,
    /// its points have the row's attributes and are where the collection is searched. The lease stays where there are points
    /// of other revisions to remove.
    /// </summary>
    public async Task<Publication> PublishAsync(ClaimedDocument claimed, IngestResult result, long accessVersion, long indexRevision, CancellationToken cancellationToken)
    {
        DateTime now = Now;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        DocumentRow? row = await Mine(context, claimed).AsTracking().SingleOrDefaultAsync(cancellationToken);
        CollectionRow? collection = row is null
            ? null
            : await context.Collections.AsTracking().SingleOrDefaultAsync(one => one.Id == row.CollectionId, cancellationToken);
        if (row is null || collection is null || row.Revision != claimed.Row.Revision)
        {
            return Publication.Lost;
        }

        if (row.AccessVersion != accessVersion)
        {
            return Publication.AccessChanged;
        }

        if (collection.IndexRevision != indexRevision)
        {
            return Publication.IndexChanged;
        }

        result.ApplyTo(row, now);
        if (claimed.IsFirst)
        {
            (row.LeaseOwner, row.LeasedUntil) = (null, null);
        }

        collection.IndexedAt = now;
        if (result.Text is { } text)
        {
            await context.DocumentTexts.Where(part => part.DocumentId == row.Id).ExecuteDeleteAsync(cancellationToken);
            context.DocumentTexts.AddRange(Parts(row.Id, row.IndexedRevision, text));
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return Publication.Done;
    }

    /// <summary>Gives the row back: nobody holds it any more.</summary>
    public async Task ReleaseAsync(ClaimedDocument claimed)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await Mine(context, claimed).ExecuteUpdateAsync(update => update
            .SetProperty(document => document.LeaseOwner, (string?)null)
            .SetProperty(document => document.LeasedUntil, (DateTime?)null));
    }

    /// <summary>Puts the row back in the queue: for later, or as if it had not been claimed.</summary>
    public async Task RequeueAsync(ClaimedDocument claimed, DateTime? notBefore, string code, string message)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        int attempts = notBefore is null ? claimed.Row.Attempts - 1 : claimed.Row.Attempts;
        await Mine(context, claimed).ExecuteUpdateAsync(update => update
            .SetProperty(document => document.Status, DocumentStatus.Queued)
            .SetProperty(document => document.Attempts, attempts)
            .SetProperty(document => document.NotBefore, notBefore)
            .SetProperty(document => document.Stage, "")
            .SetProperty(document => document.ErrorCode, code)
            .SetProperty(document => document.ErrorMessage, message)
            .SetProperty(document => document.LeaseOwner, (string?)null)
            .SetProperty(document => document.LeasedUntil, (DateTime?)null));
    }

    /// <summary>Says why there will be no revision.</summary>
    public async Task<bool> FailAsync(ClaimedDocument claimed, string code, string message)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        return await Mine(context, claimed).Where(document => document.Revision == claimed.Row.Revision).ExecuteUpdateAsync(update => update
            .SetProperty(document => document.Status, DocumentStatus.Failed)
            .SetProperty(document => document.Stage, "")
            .SetProperty(document => document.ErrorCode, code)
            .SetProperty(document => document.ErrorMessage, message)
            .SetProperty(document => document.LeaseOwner, (string?)null)
            .SetProperty(document => document.LeasedUntil, (DateTime?)null)) > 0;
    }

    /// <summary>Leaves a chore for an index that fails now.</summary>
    public async Task AddChoreAsync(ChoreKind kind, DocumentRow document)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        context.Chores.Add(new ChoreRow { Kind = kind, Tenant = document.Tenant, CollectionId = document.CollectionId, DocumentId = document.Id });
        await context.SaveChangesAsync(CancellationToken.None);
    }

    private static IQueryable<DocumentRow> Exactly(RetrievalDbContext context, DocumentRow row) => context.Documents.Where(
        document => document.Sequence == row.Sequence && (document.Status == DocumentStatus.Queued || document.Status == DocumentStatus.InProgress));

    private static IQueryable<DocumentRow> Mine(RetrievalDbContext context, ClaimedDocument claimed) =>
        context.Documents.Where(document => document.Sequence == claimed.Row.Sequence && document.LeaseEpoch == claimed.Epoch);

    private static IEnumerable<DocumentTextRow> Parts(string documentId, long revision, string text)
    {
        int part = 0;
        for (int start = 0; start < text.Length;)
        {
            int end = Math.Min(text.Length, start + TextPart);
            end = end < text.Length && char.IsLowSurrogate(text[end]) ? end - 1 : end;
            yield return new DocumentTextRow { DocumentId = documentId, Revision = revision, Part = part++, Text = text[start..end] };
            start = end;
        }
    }
}
