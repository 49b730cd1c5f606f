using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Searching;

/// <summary>What is looked for in a collection.</summary>
internal sealed record CollectionQuery
{
    public required string CollectionId { get; init; }

    public required string Text { get; init; }

    /// <summary>The query's vector, packed; empty: made from the text.</summary>
    public Google.Protobuf.ByteString Vector { get; init; } = Google.Protobuf.ByteString.Empty;

    public SearchMode Mode { get; init; }

    public int Limit { get; init; } = 10;

    public Filter? Filter { get; init; }

    /// <summary>Null: the collection's.</summary>
    public double? DenseWeight { get; init; }

    public double Diversity { get; init; }

    public double ScoreThreshold { get; init; }

    public int MaxPerDocument { get; init; }

    public int Candidates { get; init; } = 100;
}

/// <summary>What was found, with what the rows say of the documents.</summary>
internal sealed record CollectionAnswer(
    SearchAnswer Answer, IReadOnlyDictionary<string, FoundDocument> Documents, CollectionRow Collection, float[] QueryVector, EmbedUsage? Usage);

/// <summary>Searches a collection for a caller: the index finds, the documents' rows say what may be seen.</summary>
internal sealed class CollectionSearch(IDbContextFactory<RetrievalDbContext> contexts, HybridSearcher searcher, TextEmbedder embedder)
{
    private const int MaxTries = 3;

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND; INVALID_ARGUMENT; what the embedding service says.</exception>
    public async Task<CollectionAnswer> SearchAsync(CollectionQuery query, CallerIdentity caller, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
            CollectionRow collection = await context.ReadableAsync(query.CollectionId, caller, cancellationToken);
            try
            {
                return await SearchAsync(query, caller, collection, cancellationToken);
            }
            catch (KeyNotFoundException) when (attempt < MaxTries)
            {
                // The collection was switched to other vectors between the two looks, and the old ones are gone.
            }
            catch (KeyNotFoundException)
            {
                throw RpcErrors.Unavailable("the collection's index is being made", TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task<CollectionAnswer> SearchAsync(CollectionQuery query, CallerIdentity caller, CollectionRow collection, CancellationToken cancellationToken)
    {
        SearchMode mode = ModeOf(query, collection);
        (float[] Vector, EmbedUsage? Usage) embedded = await VectorAsync(query, collection, mode, cancellationToken);
        SearchOptions options = new()
        {
            Query = query.Text,
            Vector = embedded.Vector,
            Filter = new IndexFilter
            {
                Tenant = collection.Tenant,
                ReaderGroups = DocumentAccess.GroupsOf(caller, collection.Tenant)?.ToHashSet(),
                Attributes = query.Filter,
            },
            Mode = mode,
            Limit = query.Limit,
            DenseWeight = query.DenseWeight ?? collection.DenseWeight ?? CollectionDescriptions.DefaultDenseWeight,
            Diversity = query.Diversity,
            ScoreThreshold = query.ScoreThreshold,
            MaxPerDocument = query.MaxPerDocument,
            Candidates = query.Candidates,
        };
        Dictionary<string, FoundDocument> seen = [];
        SearchAnswer answer = await searcher.SearchAsync(collection.IndexName, options, VisibleAsync, cancellationToken);
        return new CollectionAnswer(answer, seen, collection, embedded.Vector, embedded.Usage);

        async ValueTask<IReadOnlyDictionary<string, long>> VisibleAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
        {
            // The rows, not the index, say who may read what: its copy of groups and attributes may be a moment old.
            await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellation);
            List<string> unknown = [.. ids.Where(id => !seen.ContainsKey(id))];
            List<FoundDocument> found = unknown.Count == 0 ? [] : await FoundDocument.Of(context, unknown).ToListAsync(cancellation);
            foreach (FoundDocument row in found.Where(row => row.CollectionId == collection.Id && row.IndexedRevision > 0 && row.CanBeReadBy(caller)))
            {
                if (query.Filter is null || query.Filter.Matches(AttributeJson.Read(row.Attributes)))
                {
                    seen[row.Id] = row;
                }
            }

            return ids.Where(seen.ContainsKey).ToDictionary(id => id, id => seen[id].IndexedRevision);
        }
    }

    private async Task<(float[] Vector, EmbedUsage? Usage)> VectorAsync(
        CollectionQuery query, CollectionRow collection, SearchMode mode, CancellationToken cancellationToken)
    {
        if (mode == SearchMode.Keyword || collection.Encoder is not { } encoder)
        {
            return ([], null);
        }

        return query.Vector.Length > 0
            ? (TextEmbedder.Unpack(query.Vector, encoder), null)
            : await embedder.EmbedQueryAsync(encoder, query.Text, cancellationToken);
    }

    private static SearchMode ModeOf(CollectionQuery query, CollectionRow collection)
    {
        if (query.Mode is SearchMode.Hybrid or SearchMode.Dense && collection.Encoder is null)
        {
            throw RpcErrors.FailedPrecondition("NO_VECTORS", collection.Id, "the collection has no vectors (yet): search it by keyword, or leave the mode out");
        }

        return query.Mode != SearchMode.Auto ? query.Mode
            : collection.Encoder is null ? SearchMode.Keyword
            : SearchMode.Hybrid;
    }
}
