using System.Runtime.CompilerServices;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index.Embedded.Collections;
using LlmPlatform.Retrieval.Index.Embedded.Database;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded;

/// <summary>
/// The index in a folder: <c>index.db</c> holds all there is to know, a transaction a call; <c>cache</c> holds what searches
/// read (postings, vectors), made anew from the rows wherever it is missing, damaged or does not fit. A change can be
/// found as soon as its call has returned. One process at a time uses a folder.
/// </summary>
/// <param name="folder">The folder; made at the first use.</param>
/// <param name="analyzer">Makes the terms of points.</param>
/// <param name="options">How it works.</param>
public sealed class EmbeddedIndex(string folder, ITextAnalyzer analyzer, EmbeddedIndexOptions? options = null) : IChunkIndex, IAsyncDisposable
{
    private readonly IndexStore _store = new(folder, analyzer, Checked(options));

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The name or the number of dimensions will not do.</exception>
    public Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken)
    {
        PointChecks.Name(collection);
        PointChecks.Dimensions(dimensions);
        return _store.CreateAsync(collection, dimensions, cancellationToken);
    }

    /// <inheritdoc />
    public Task DropAsync(string collection, CancellationToken cancellationToken) => _store.DropAsync(collection, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<string>>(() => _store.Read(CollectionRows.List), cancellationToken);

    /// <inheritdoc />
    public async Task UpsertAsync(string collection, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(points);
        CollectionRow row = _store.Find(collection) ?? throw NotThere(collection);
        // The last of several points with one id counts.
        Dictionary<Guid, IndexPoint> distinct = [];
        foreach (IndexPoint point in points)
        {
            PointChecks.Vector(point.Vector.Span, row.Dimensions, nameof(points));
            distinct[point.Id] = point;
        }

        if (distinct.Count == 0)
        {
            return;
        }

        // Outside of the transaction: others write meanwhile.
        List<(IndexPoint, TermCount[])> analyzed = await Task.Run(
            () => distinct.Values.Select(point => (point, TermCounts.Of(analyzer, PointWriter.IndexText(point.Context, point.Text)))).ToList(), cancellationToken).ConfigureAwait(false);
        bool written = await _store.ChangeAsync(
            collection,
            (connection, current) => PointWriter.Upsert(connection, current, analyzed, cancellationToken),
            (cache, changes) => cache.Apply(changes),
            cancellationToken).ConfigureAwait(false);
        if (!written)
        {
            throw NotThere(collection);
        }
    }

    /// <inheritdoc />
    public Task SetAccessAsync(
        string collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> allowedGroups, CancellationToken cancellationToken) =>
        _store.ChangeAsync(
            collection,
            (connection, row) => PointWriter.SetAccess(connection, row, documentId, attributes, allowedGroups),
            (cache, changes) => cache.ApplyAccess(changes, attributes, allowedGroups),
            cancellationToken);

    /// <inheritdoc />
    public Task DeleteAsync(string collection, string documentId, long? exceptRevision, CancellationToken cancellationToken) =>
        _store.ChangeAsync(
            collection,
            (connection, row) => PointWriter.Delete(connection, row, documentId, exceptRevision),
            (cache, changes) => cache.Apply(changes),
            cancellationToken);

    /// <inheritdoc />
    public async Task<IndexAnswer> QueryAsync(string collection, IndexQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await _store.SearchAsync(
            collection,
            cache =>
            {
                if (!query.Vector.IsEmpty)
                {
                    PointChecks.Vector(query.Vector.Span, cache.Collection.Dimensions, nameof(query));
                }

                return cache.Search(query);
            },
            cancellationToken).ConfigureAwait(false) ?? throw NotThere(collection);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<IndexPoint>> GetAsync(string collection, IReadOnlyCollection<Guid> ids, bool withVectors, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<IndexPoint>>(
            () => _store.Read(collection, (connection, row) => PointReader.Get(connection, row.Number, ids.Distinct(), withVectors)) ?? [],
            cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<IndexPoint> ReadAsync(
        string collection, string documentId, long revision, bool withVectors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = -1;
        while (true)
        {
            List<IndexPoint> page = await Task.Run(
                () => _store.Read(collection, (connection, row) => PointReader.Page(connection, row.Number, documentId, revision, after, withVectors)) ?? [],
                cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (IndexPoint point in page)
            {
                yield return point;
            }

            after = page[^1].Chunk;
        }
    }

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> FindVectorsAsync(
        string collection, string tenant, IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyDictionary<string, ReadOnlyMemory<float>>>(
            () => _store.Read(collection, (connection, row) => row.Dimensions == 0 ? [] : PointReader.FindVectors(connection, row.Number, tenant, contentHashes)) ?? [],
            cancellationToken);

    /// <inheritdoc />
    public async Task<KeywordStatistics> GetStatisticsAsync(string collection, IReadOnlyCollection<string> terms, CancellationToken cancellationToken) =>
        await _store.SearchAsync(collection, cache => cache.GetStatistics(terms), cancellationToken).ConfigureAwait(false)
        ?? new KeywordStatistics(0, 0, terms.Distinct().ToDictionary(term => term, _ => 0L));

    /// <inheritdoc />
    public async IAsyncEnumerable<IndexedRevision> ListRevisionsAsync(string collection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Document, long Revision) after = ("", long.MinValue);
        while (true)
        {
            List<IndexedRevision> page = await Task.Run(
                () => _store.Read(collection, (connection, row) => PointReader.Revisions(connection, row.Number, after.Document, after.Revision)) ?? [],
                cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (IndexedRevision revision in page)
            {
                yield return revision;
            }

            after = (page[^1].DocumentId, page[^1].Revision);
        }
    }

    /// <summary>Waits for the changes under way and closes all files.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static EmbeddedIndexOptions Checked(EmbeddedIndexOptions? options)
    {
        options ??= new EmbeddedIndexOptions();
        options.Validate();
        return options;
    }

    private static KeyNotFoundException NotThere(string collection) =>
        new($"collection: there is no '{(collection.Length > 64 ? collection[..64] : collection)}' in the index");
}
