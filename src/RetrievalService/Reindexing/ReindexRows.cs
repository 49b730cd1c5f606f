using System.Data;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.RetrievalService.Reindexing;

/// <summary>A collection whose next vectors are being built, as it was claimed.</summary>
internal sealed record ClaimedCollection(CollectionRow Row, long Epoch)
{
    /// <summary>The index collection that is built.</summary>
    public string Target => IndexNames.Of(Row.Id, Row.NextIndexRevision);
}

/// <summary>A document that the next vectors must hold.</summary>
internal sealed record IndexedDocument(string Id, long Revision, long Chunks);

/// <summary>The rows of reindexing: what is asked for, claims, and the switch.</summary>
internal sealed class ReindexRows(IDbContextFactory<RetrievalDbContext> contexts, TimeProvider clock)
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(60);

    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks for another encoder's vectors, in place of what was asked for before. False: the collection is gone.</summary>
    public async Task<bool> AskAsync(string collectionId, Encoder encoder, bool onlyIfNone, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        CollectionRow? row = await context.Collections.SingleOrDefaultAsync(collection => collection.Id == collectionId, cancellationToken);
        if (row is null || (onlyIfNone && (row.EmbeddingModel is not null || row.NextModel is not null || row.KeywordOnly)))
        {
            return false;
        }

        if (row.NextIndexRevision > 0)
        {
            context.Chores.Add(new ChoreRow { Kind = ChoreKind.DropIndex, Tenant = row.Tenant, CollectionId = row.Id, IndexRevision = row.NextIndexRevision });
        }

        row.NextIndexRevision = ++row.LastIndexRevision;
        (row.NextModel, row.NextVersion, row.NextDimensions) = (encoder.Model, encoder.Version, encoder.Dimensions);
        (row.NextWindow, row.NextHasTokenizer) = (encoder.Window, encoder.HasTokenizer);
        (row.NextDone, row.NextTotal, row.NextError, row.NextNotBefore) = (0, 0, "", null);

        // Whoever builds what is not wanted any more stops at its next step.
        row.LeaseEpoch++;
        (row.LeaseOwner, row.LeasedUntil) = (null, null);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    public async Task<ClaimedCollection?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            DateTime now = Now;
            CollectionRow? row = await context.Collections.AsNoTracking().Claimable(now)
                .Where(collection => collection.NextIndexRevision > 0 && (collection.NextNotBefore == null || collection.NextNotBefore <= now))
                .OrderBy(collection => collection.Sequence)
                .FirstOrDefaultAsync(cancellationToken);
            if (row is null)
            {
                return null;
            }

            if (await context.Collections.Where(collection => collection.Sequence == row.Sequence && collection.NextIndexRevision == row.NextIndexRevision)
                .TryClaimAsync(row.LeaseEpoch, _owner, now, LeaseDuration, cancellationToken))
            {
                return new ClaimedCollection(row, row.LeaseEpoch + 1);
            }
        }
    }

    /// <summary>Renews the lease and says how far the work is. False: the lease is lost.</summary>
    public async Task<bool> ReportAsync(ClaimedCollection claimed, long done, long total, CancellationToken cancellationToken)
    {
        DateTime until = Now + LeaseDuration;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Mine(context, claimed).ExecuteUpdateAsync(
            update => update
                .SetProperty(row => row.LeasedUntil, until)
                .SetProperty(row => row.NextDone, done)
                .SetProperty(row => row.NextTotal, total),
            cancellationToken) > 0;
    }

    /// <summary>What the collection's documents have indexed now.</summary>
    public async Task<List<IndexedDocument>> DocumentsAsync(string collectionId, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await IndexedAsync(context, collectionId, cancellationToken);
    }

    /// <summary>
    /// Switches in one step, if the new vectors hold the indexed revision of every document; else the documents that are
    /// missing. Null: the lease is lost.
    /// </summary>
    public async Task<IReadOnlyList<IndexedDocument>?> SwitchAsync(
        ClaimedCollection claimed, IReadOnlyDictionary<string, long> built, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        CollectionRow? row = await Mine(context, claimed).AsTracking().SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return null;
        }

        List<IndexedDocument> documents = await IndexedAsync(context, row.Id, cancellationToken);
        List<IndexedDocument> missing = [.. documents.Where(document => built.GetValueOrDefault(document.Id) != document.Revision)];
        if (missing.Count > 0)
        {
            return missing;
        }

        context.Chores.Add(new ChoreRow { Kind = ChoreKind.DropIndex, Tenant = row.Tenant, CollectionId = row.Id, IndexRevision = row.IndexRevision });
        row.IndexRevision = row.NextIndexRevision;
        (row.EmbeddingModel, row.EmbeddingVersion, row.Dimensions) = (row.NextModel, row.NextVersion, row.NextDimensions);
        (row.EncoderWindow, row.EncoderHasTokenizer) = (row.NextWindow, row.NextHasTokenizer);
        (row.NextIndexRevision, row.NextModel, row.NextVersion, row.NextDimensions) = (0, null, null, 0);
        (row.NextDone, row.NextTotal, row.NextError, row.NextNotBefore) = (0, 0, "", null);

        // What was measured with other vectors says nothing of these.
        (row.DenseWeight, row.WeighedAt) = (row.DenseWeightMeasured ? null : row.DenseWeight, null);
        row.DenseWeightMeasured = false;
        (row.LeaseOwner, row.LeasedUntil) = (null, null);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return [];
    }

    /// <summary>Gives the collection back, to be tried again.</summary>
    public async Task RetryAsync(ClaimedCollection claimed, TimeSpan pause, string error)
    {
        DateTime notBefore = Now + pause;
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await Mine(context, claimed).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.NextNotBefore, notBefore)
            .SetProperty(row => row.NextError, error)
            .SetProperty(row => row.LeaseOwner, (string?)null)
            .SetProperty(row => row.LeasedUntil, (DateTime?)null));
    }

    private static IQueryable<CollectionRow> Mine(RetrievalDbContext context, ClaimedCollection claimed) => context.Collections.Where(
        row => row.Sequence == claimed.Row.Sequence && row.LeaseEpoch == claimed.Epoch && row.NextIndexRevision == claimed.Row.NextIndexRevision);

    private static Task<List<IndexedDocument>> IndexedAsync(RetrievalDbContext context, string collectionId, CancellationToken cancellationToken) =>
        context.Documents.AsNoTracking()
            .Where(row => row.CollectionId == collectionId && row.IndexedRevision > 0)
            .OrderBy(row => row.Sequence)
            .Select(row => new IndexedDocument(row.Id, row.IndexedRevision, row.Chunks))
            .ToListAsync(cancellationToken);
}
