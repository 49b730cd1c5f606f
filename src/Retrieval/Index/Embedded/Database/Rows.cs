using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>A collection's row.</summary>
/// <param name="Number">Its key; never given out twice.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dimensions">Length of its vectors; 0: it has none.</param>
/// <param name="Uid">Made once: caches of another database do not fit.</param>
/// <param name="Generation">Grows with every change: caches of a later one do not fit, the database was put back.</param>
/// <param name="Analyzer">What made its terms.</param>
internal sealed record CollectionRow(long Number, string Name, int Dimensions, Guid Uid, long Generation, string Analyzer);

/// <summary>A revision of a document, with what all its points share. There are several where points of one revision were written with different ones.</summary>
internal sealed record DocumentRow(
    long Number, string DocumentId, long Revision, string Tenant, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, AttributeValue> Attributes);

/// <summary>What is kept in memory of a point.</summary>
internal readonly record struct PointRow(long Number, long Document, int Chunk, Guid Id);

/// <summary>What caches are made of.</summary>
internal readonly record struct IndexedRow(PointRow Point, IReadOnlyList<TermCount> Terms, ReadOnlyMemory<float> Vector);

/// <summary>A point that was removed.</summary>
internal readonly record struct RemovedRow(long Number, IReadOnlyList<TermCount> Terms);

/// <summary>What a transaction did.</summary>
internal sealed class Changes
{
    public long Generation { get; set; }

    public List<RemovedRow> Removed { get; } = [];

    public List<IndexedRow> Added { get; } = [];

    public List<DocumentRow> NewDocuments { get; } = [];

    /// <summary>Documents whose groups or attributes are others now.</summary>
    public List<long> ChangedDocuments { get; } = [];
}
