using System.Data;
using Grpc.Core;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.RetrievalService.Collections;

/// <summary>Collections come and go, each with one commit.</summary>
internal sealed class CollectionStore(IDbContextFactory<RetrievalDbContext> contexts, IChunkIndex index, VersionHolds holds, TimeProvider clock)
{
    public async Task<CollectionRow?> FindByRequestAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Collections.AsNoTracking().SingleOrDefaultAsync(row => row.Tenant == tenant && row.RequestId == requestId, cancellationToken);
    }

    /// <summary>Makes a collection that is pinned to an encoder, if there is one.</summary>
    public async Task<CollectionRow> AddAsync(CollectionRow row, Encoder? encoder, CancellationToken cancellationToken)
    {
        row.CreatedAt = clock.GetUtcNow().UtcDateTime;
        if (encoder is not null)
        {
            (row.EmbeddingModel, row.EmbeddingVersion, row.Dimensions) = (encoder.Model, encoder.Version, encoder.Dimensions);
            (row.EncoderWindow, row.EncoderHasTokenizer) = (encoder.Window, encoder.HasTokenizer);

            // Before the row: whoever sees the collection can rely on its encoder.
            await holds.HoldAsync(row.Tenant, row.Id, encoder, cancellationToken);
        }

        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Collections.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (UniqueViolation.Is(exception))
        {
            // Another call with this request_id was quicker: its collection is the answer.
            await ReleaseAsync(row, encoder);
            CollectionRow? earlier = row.RequestId is null
                ? await context.Collections.AsNoTracking().SingleOrDefaultAsync(one => one.Id == row.Id, cancellationToken)
                : await FindByRequestAsync(row.Tenant, row.RequestId, cancellationToken);
            return earlier ?? throw RpcErrors.Aborted("another collection with this request_id was made and deleted meanwhile");
        }
        catch
        {
            await ReleaseAsync(row, encoder);
            throw;
        }

        await index.CreateAsync(row.IndexName, row.Dimensions, CancellationToken.None);
        return row;
    }

    /// <summary>Removes a collection with its documents: from the commit on nothing of it is found. Gives the documents' ids.</summary>
    /// <exception cref="RpcException">NOT_FOUND; PERMISSION_DENIED for the platform's.</exception>
    public async Task<IReadOnlyList<string>> DeleteAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        CollectionRow row = await context.WritableAsync(id, tenant, cancellationToken);
        List<string> running = await context.Documents.Where(document => document.CollectionId == id && document.LeasedUntil != null)
            .Select(document => document.Id).ToListAsync(cancellationToken);
        IQueryable<string> documents = context.Documents.Where(document => document.CollectionId == id).Select(document => document.Id);
        await context.DocumentTexts.Where(part => documents.Contains(part.DocumentId)).ExecuteDeleteAsync(cancellationToken);
        await context.IngestRequests.Where(request => documents.Contains(request.DocumentId)).ExecuteDeleteAsync(cancellationToken);
        await context.Documents.Where(document => document.CollectionId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Collections.Where(collection => collection.Sequence == row.Sequence).ExecuteDeleteAsync(cancellationToken);
        context.Chores.Add(new ChoreRow { Kind = ChoreKind.RemoveCollection, Tenant = tenant, CollectionId = id });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return running;
    }

    private async Task ReleaseAsync(CollectionRow row, Encoder? encoder)
    {
        if (encoder is not null)
        {
            await holds.ReleaseAsync(row.Tenant, row.Id, CancellationToken.None);
        }
    }
}
