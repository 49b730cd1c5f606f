using Google.Protobuf.WellKnownTypes;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using Microsoft.EntityFrameworkCore;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Collections;

/// <summary>Collections as callers see them, with the counts of their documents.</summary>
internal static class CollectionDescriptions
{
    /// <summary>The dense weight of a collection that nobody has set or measured: safe with a weak encoder.</summary>
    public const double DefaultDenseWeight = 0.2;

    public static async Task<Wire.Collection> DescribeAsync(this RetrievalDbContext context, CollectionRow row, CancellationToken cancellationToken) =>
        (await context.DescribeAsync([row], cancellationToken))[0];

    public static async Task<IReadOnlyList<Wire.Collection>> DescribeAsync(
        this RetrievalDbContext context, IReadOnlyList<CollectionRow> rows, CancellationToken cancellationToken)
    {
        List<string> ids = [.. rows.Select(row => row.Id)];
        var counts = await context.Documents.AsNoTracking()
            .Where(document => ids.Contains(document.CollectionId))
            .GroupBy(document => new { document.CollectionId, document.Status })
            .Select(group => new
            {
                group.Key.CollectionId,
                group.Key.Status,
                Count = group.LongCount(),
                Chunks = group.Sum(document => document.Chunks),
                Size = group.Sum(document => document.Size),
            })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row =>
        {
            var own = counts.Where(count => count.CollectionId == row.Id).ToList();
            Wire.Collection collection = Describe(row);
            long Count(Wire.DocumentStatus status) => own.Where(count => count.Status == status).Sum(count => count.Count);
            collection.Documents = new Wire.DocumentCounts
            {
                Queued = Count(Wire.DocumentStatus.Queued),
                InProgress = Count(Wire.DocumentStatus.InProgress),
                Completed = Count(Wire.DocumentStatus.Completed),
                Failed = Count(Wire.DocumentStatus.Failed),
                Cancelled = Count(Wire.DocumentStatus.Cancelled),
                Total = own.Sum(count => count.Count),
            };
            collection.Chunks = own.Sum(count => count.Chunks);
            collection.DocumentsSize = own.Sum(count => count.Size);
            return collection;
        })];
    }

    private static Wire.Collection Describe(CollectionRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Tenant = row.Tenant,
        CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
        Metadata = { Json.ReadMap(row.Metadata).ToDictionary() },
        EmbeddingModel = row.EmbeddingModel ?? "",
        EmbeddingVersion = row.EmbeddingVersion ?? "",
        Dimensions = row.Dimensions,
        Chunking = new Wire.ChunkingOptions { MaxChunkSizeTokens = row.MaxChunkTokens, ChunkOverlapTokens = row.ChunkOverlapTokens },
        DenseWeight = row.DenseWeight ?? DefaultDenseWeight,
        DenseWeightSource = row.DenseWeight is null ? "default" : row.DenseWeightMeasured ? "measured" : "set",
        IndexRevision = row.IndexRevision,
        Description = row.Description,
        Reindexing = row.NextIndexRevision == 0 ? null : new Wire.Reindexing
        {
            EmbeddingModel = row.NextModel ?? "",
            EmbeddingVersion = row.NextVersion ?? "",
            DocumentsDone = row.NextDone,
            DocumentsTotal = row.NextTotal,
            Error = row.NextError,
        },
    };
}
