using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Chores;

/// <summary>How each chore is done. All of them may be done twice.</summary>
internal sealed class IndexChores(IChunkIndex index, RunningIngests running, VersionHolds holds, IDbContextFactory<RetrievalDbContext> contexts)
{
    /// <summary>Does a chore and forgets it.</summary>
    public async Task DoAsync(ChoreRow chore, CancellationToken cancellationToken)
    {
        switch (chore.Kind)
        {
            case ChoreKind.RemoveDocument or ChoreKind.RemoveOldRevisions:
                await RemovePointsAsync(chore, cancellationToken);
                break;
            case ChoreKind.SetAccess:
                await SetAccessAsync(chore.DocumentId, cancellationToken);
                break;
            case ChoreKind.DropIndex:
                await index.DropAsync(IndexNames.Of(chore.CollectionId, chore.IndexRevision), cancellationToken);
                break;
            default:
                await RemoveCollectionAsync(chore, cancellationToken);
                break;
        }

        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Chores.Where(row => row.Sequence == chore.Sequence).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task RemovePointsAsync(ChoreRow chore, CancellationToken cancellationToken)
    {
        if (chore.Kind == ChoreKind.RemoveOldRevisions && running.IsRunning(chore.DocumentId))
        {
            // Whichever way that ingestion ends, it removes what its row does not name.
            return;
        }

        // A worker that writes points of this document ends first, or what it writes now would stay, or go too early.
        using RunningIngests.Running alone = await running.EnterAsync(chore.DocumentId, cancellationToken);
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        DocumentRow? row = await context.Documents.AsNoTracking().SingleOrDefaultAsync(document => document.Id == chore.DocumentId, cancellationToken);
        foreach (string name in await IndexesAsync(chore.CollectionId, cancellationToken))
        {
            await index.DeleteAsync(name, chore.DocumentId, row is { IndexedRevision: > 0 } ? row.IndexedRevision : null, cancellationToken);
        }
    }

    /// <summary>Gives the points of a document the attributes and groups that its row has.</summary>
    private async Task SetAccessAsync(string documentId, CancellationToken cancellationToken)
    {
        long written = 0;
        while (true)
        {
            await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
            DocumentRow? row = await context.Documents.AsNoTracking().SingleOrDefaultAsync(document => document.Id == documentId, cancellationToken);

            // Two changes may overtake each other: the last one to write looks whether it wrote what holds.
            if (row is null || row.AccessVersion == written)
            {
                return;
            }

            written = row.AccessVersion;
            foreach (string name in await IndexesAsync(row.CollectionId, cancellationToken))
            {
                await index.SetAccessAsync(name, documentId, AttributeJson.Read(row.Attributes), Json.ReadList(row.AllowedGroups), cancellationToken);
            }
        }
    }

    private async Task RemoveCollectionAsync(ChoreRow chore, CancellationToken cancellationToken)
    {
        foreach (string name in await IndexesAsync(chore.CollectionId, cancellationToken))
        {
            await index.DropAsync(name, cancellationToken);
        }

        await holds.ReleaseAsync(chore.Tenant, chore.CollectionId, cancellationToken);
        await holds.ReleaseNextAsync(chore.Tenant, chore.CollectionId, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> IndexesAsync(string collectionId, CancellationToken cancellationToken) =>
        [.. (await index.ListAsync(cancellationToken)).Where(name => IndexNames.Parse(name) is { } parsed && parsed.CollectionId == collectionId)];
}
