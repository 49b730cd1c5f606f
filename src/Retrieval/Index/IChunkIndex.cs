using LlmPlatform.Retrieval.Filters;

namespace LlmPlatform.Retrieval.Index;

/// <summary>
/// Where chunks are kept and found. It promises no transaction: a call may be done in part when it fails, calls may be
/// repeated and may overtake each other. Therefore every point has an id made of document, revision and chunk, all writes
/// may be repeated, and whoever searches drops hits of revisions that the documents' rows do not name.
/// A collection of the index holds the points of one collection in one vector space: rebuilt vectors go into a new one.
/// </summary>
public interface IChunkIndex
{
    /// <summary>Makes a collection unless it is there.</summary>
    /// <param name="collection">Its name: letters, digits, - and _.</param>
    /// <param name="dimensions">Length of its vectors; 0: it has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">It is there, with another length of vectors.</exception>
    Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken);

    /// <summary>Removes a collection with all its points, if it is there.</summary>
    Task DropAsync(string collection, CancellationToken cancellationToken);

    /// <summary>The collections that are there.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes points; those whose id is there already are replaced.</summary>
    /// <exception cref="ArgumentException">A vector has another length than the collection's.</exception>
    /// <exception cref="KeyNotFoundException">There is no such collection.</exception>
    Task UpsertAsync(string collection, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken);

    /// <summary>Gives all points of a document other attributes and groups.</summary>
    Task SetAccessAsync(
        string collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> allowedGroups, CancellationToken cancellationToken);

    /// <summary>Removes the points of a document: all, or all but those of one revision.</summary>
    Task DeleteAsync(string collection, string documentId, long? exceptRevision, CancellationToken cancellationToken);

    /// <summary>Finds points.</summary>
    /// <exception cref="ArgumentException">The vector has another length than the collection's.</exception>
    /// <exception cref="KeyNotFoundException">There is no such collection.</exception>
    Task<IndexAnswer> QueryAsync(string collection, IndexQuery query, CancellationToken cancellationToken);

    /// <summary>The points of these ids that are there, in any order, with vectors if asked for.</summary>
    Task<IReadOnlyList<IndexPoint>> GetAsync(string collection, IReadOnlyCollection<Guid> ids, bool withVectors, CancellationToken cancellationToken);

    /// <summary>All points of a revision of a document, in the order of the chunks, with vectors if asked for.</summary>
    IAsyncEnumerable<IndexPoint> ReadAsync(string collection, string documentId, long revision, bool withVectors, CancellationToken cancellationToken);

    /// <summary>The vectors that the tenant's points with these content hashes have: what need not be embedded again.</summary>
    Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> FindVectorsAsync(
        string collection, string tenant, IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken);

    /// <summary>What BM25 knows of these terms.</summary>
    Task<KeywordStatistics> GetStatisticsAsync(string collection, IReadOnlyCollection<string> terms, CancellationToken cancellationToken);

    /// <summary>The revisions that there are points of: what a start compares with the documents' rows.</summary>
    IAsyncEnumerable<IndexedRevision> ListRevisionsAsync(string collection, CancellationToken cancellationToken);
}
