using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Chores;

/// <summary>
/// Once after a start, before any work: makes index and rows agree. Points that no row names go; documents whose points
/// are missing are queued again. Rows are the truth.
/// </summary>
internal sealed partial class IndexReconciliation(
    IDbContextFactory<RetrievalDbContext> contexts, IChunkIndex index, TimeProvider clock, ILogger<IndexReconciliation> log) : IDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private volatile bool _done;

    /// <summary>Returns when it is done; whoever comes first does it.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_done)
        {
            return;
        }

        await _once.WaitAsync(cancellationToken);
        try
        {
            if (!_done)
            {
                await RunAsync(cancellationToken);
                _done = true;
            }
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        List<CollectionRow> collections = await context.Collections.AsNoTracking().ToListAsync(cancellationToken);
        HashSet<string> wanted = [.. collections.Select(row => row.IndexName)];
        wanted.UnionWith(collections.Where(row => row.NextIndexRevision > 0).Select(row => IndexNames.Of(row.Id, row.NextIndexRevision)));
        HashSet<string> there = [.. await index.ListAsync(cancellationToken)];
        foreach (string name in there.Where(name => !wanted.Contains(name) && IndexNames.Parse(name) is not null))
        {
            LogDropped(name);
            await index.DropAsync(name, cancellationToken);
        }

        foreach (CollectionRow collection in collections)
        {
            await CompareAsync(context, collection, there.Contains(collection.IndexName), cancellationToken);
        }
    }

    private async Task CompareAsync(RetrievalDbContext context, CollectionRow collection, bool isThere, CancellationToken cancellationToken)
    {
        Dictionary<string, (long Revision, long Chunks)> rows = await context.Documents.AsNoTracking()
            .Where(row => row.CollectionId == collection.Id && row.IndexedRevision > 0)
            .ToDictionaryAsync(row => row.Id, row => (row.IndexedRevision, row.Chunks), cancellationToken);
        if (!isThere)
        {
            await index.CreateAsync(collection.IndexName, collection.Dimensions, cancellationToken);
        }

        HashSet<string> whole = [];
        Dictionary<string, long?> stray = [];
        await foreach (IndexedRevision revision in index.ListRevisionsAsync(collection.IndexName, cancellationToken))
        {
            bool named = rows.TryGetValue(revision.DocumentId, out (long Revision, long Chunks) row);
            if (!named || row.Revision != revision.Revision)
            {
                stray[revision.DocumentId] = named ? row.Revision : null;
            }
            else if (revision.Points >= row.Chunks)
            {
                whole.Add(revision.DocumentId);
            }
        }

        foreach ((string documentId, long? except) in stray)
        {
            await index.DeleteAsync(collection.IndexName, documentId, except, cancellationToken);
        }

        string[] missing = [.. rows.Keys.Where(id => !whole.Contains(id))];
        DateTime now = clock.GetUtcNow().UtcDateTime;
        foreach (string[] some in missing.Chunk(500))
        {
            await context.Documents.Where(row => some.Contains(row.Id) && row.Status == DocumentStatus.Completed).ExecuteUpdateAsync(
                update => update
                    .SetProperty(row => row.Status, DocumentStatus.Queued)
                    .SetProperty(row => row.Revision, row => row.Revision + 1)
                    .SetProperty(row => row.QueuedAt, now)
                    .SetProperty(row => row.Attempts, 0),
                cancellationToken);
            await context.Documents.Where(row => some.Contains(row.Id)).ExecuteUpdateAsync(
                update => update.SetProperty(row => row.IndexedFingerprint, (string?)null), cancellationToken);
        }

        if (stray.Count + missing.Length > 0)
        {
            LogReconciled(collection.Id, stray.Count, missing.Length);
        }
    }

    [LoggerMessage(LogLevel.Information, "Index {Name} belongs to no collection and was removed")]
    private partial void LogDropped(string name);

    [LoggerMessage(LogLevel.Information, "Collection {Collection}: points of {Stray} documents removed that no row names, {Missing} documents queued again whose points are missing")]
    private partial void LogReconciled(string collection, int stray, int missing);
}
