using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Weighing;

/// <summary>Measures the dense weight of a collection on chunks drawn from all of it.</summary>
internal sealed class CollectionWeight(
    IDbContextFactory<RetrievalDbContext> contexts, IChunkIndex index, DenseWeightMeasurement measurement, TextEmbedder embedder, ICallerTokens callers, TimeProvider clock)
{
    // More than are asked about, since not every chunk can be.
    private const int Drawn = 2 * DenseWeightMeasurement.MostSample;

    /// <summary>Measures, and keeps what came out unless somebody set a weight meanwhile or the vectors are others now.</summary>
    /// <returns>The weight; null when the collection is too small to say anything.</returns>
    public async Task<double?> MeasureAsync(CollectionRow collection, CancellationToken cancellationToken)
    {
        DateTime began = clock.GetUtcNow().UtcDateTime;
        Encoder encoder = collection.Encoder!;
        using IDisposable scope = callers.ActAs(CallerIdentity.User(collection.Tenant));
        IReadOnlyList<IndexPoint> sample = await DrawAsync(collection, cancellationToken);
        double? weight = await measurement.MeasureAsync(collection.IndexName, collection.Tenant, sample, EncodeAsync, cancellationToken);

        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Collections
            .Where(row => row.Id == collection.Id && row.IndexRevision == collection.IndexRevision && (row.DenseWeight == null || row.DenseWeightMeasured))
            .ExecuteUpdateAsync(
                update => update
                    .SetProperty(row => row.DenseWeight, weight)
                    .SetProperty(row => row.DenseWeightMeasured, weight != null)
                    .SetProperty(row => row.WeighedAt, began),
                cancellationToken);
        return weight;

        async Task<IReadOnlyList<ReadOnlyMemory<float>>> EncodeAsync(IReadOnlyList<string> texts, bool asQueries, CancellationToken cancellation)
        {
            using EmbeddingSession session = embedder.OpenSession(encoder, asQueries ? InputType.Query : InputType.Document, cancellation);
            float[][] vectors = await session.EmbedAsync(texts, [.. texts.Select(_ => 0)]);
            return [.. vectors.Select(vector => (ReadOnlyMemory<float>)vector)];
        }
    }

    // Every chunk is as likely as any other; the same collection gives the same draw.
    private async Task<IReadOnlyList<IndexPoint>> DrawAsync(CollectionRow collection, CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        var documents = await context.Documents.AsNoTracking()
            .Where(row => row.CollectionId == collection.Id && row.IndexedRevision > 0 && row.Chunks > 0)
            .OrderBy(row => row.Sequence)
            .Select(row => new { row.Id, row.IndexedRevision, row.Chunks })
            .ToListAsync(cancellationToken);
        long total = documents.Sum(document => document.Chunks);
        Random random = new(collection.Id.Aggregate(17, (seed, letter) => unchecked((seed * 31) + letter)));
        HashSet<long> places = [];
        while (places.Count < Math.Min(Drawn, total))
        {
            places.Add(random.NextInt64(total));
        }

        List<Guid> ids = [];
        long before = 0;
        int document = 0;
        foreach (long place in places.Order())
        {
            while (place >= before + documents[document].Chunks)
            {
                before += documents[document++].Chunks;
            }

            ids.Add(IndexPoint.IdOf(documents[document].Id, documents[document].IndexedRevision, (int)(place - before)));
        }

        IReadOnlyList<IndexPoint> points = await index.GetAsync(collection.IndexName, ids, withVectors: false, cancellationToken);
        return [.. points.OrderBy(point => point.Id)];
    }
}
