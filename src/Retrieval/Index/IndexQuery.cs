using LlmPlatform.Retrieval.Filters;

namespace LlmPlatform.Retrieval.Index;

/// <summary>Which points a search may return.</summary>
public sealed record IndexFilter
{
    /// <summary>Whose points.</summary>
    public required string Tenant { get; init; }

    /// <summary>The reader's groups: points with a list of groups need one of them. Null: lists do not matter (administrators).</summary>
    public IReadOnlyCollection<string>? ReaderGroups { get; init; }

    /// <summary>A condition on the attributes; null: none.</summary>
    public Filter? Attributes { get; init; }

    /// <summary>Whether a point meets it all: the rule that every index must follow.</summary>
    public bool Matches(IndexPoint point) =>
        point.Tenant == Tenant
        && (ReaderGroups is null || point.AllowedGroups.Count == 0 || point.AllowedGroups.Any(ReaderGroups.Contains))
        && (Attributes is null || Attributes.Matches(point.Attributes));
}

/// <summary>
/// A question to the index: either side alone or both. The sides' scores are not mixed here, since fusion by scaled sums
/// is not every index's.
/// </summary>
public sealed record IndexQuery
{
    /// <summary>What may be returned.</summary>
    public required IndexFilter Filter { get; init; }

    /// <summary>The query's vector of unit length; empty: the dense side is not asked.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>The query's terms (a term twice counts twice); empty: the keyword side is not asked.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    /// <summary>Hits of each side at most.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A hit of one side.</summary>
/// <param name="Id">The point.</param>
/// <param name="DocumentId">Its document.</param>
/// <param name="Revision">The document's revision it was made for: a search drops those that the document's row does not name.</param>
/// <param name="Chunk">Its place in the document.</param>
/// <param name="Score">Cosine similarity, or BM25.</param>
public readonly record struct IndexHit(Guid Id, string DocumentId, long Revision, int Chunk, double Score);

/// <summary>The hits of both sides, best first; ties in the order of document and chunk.</summary>
/// <param name="Dense">By cosine similarity.</param>
/// <param name="Keyword">By BM25; only those that hold at least one of the terms.</param>
public sealed record IndexAnswer(IReadOnlyList<IndexHit> Dense, IReadOnlyList<IndexHit> Keyword);

/// <summary>What BM25 knows of a collection.</summary>
/// <param name="Points">The number of points.</param>
/// <param name="AverageLength">Their average number of terms.</param>
/// <param name="DocumentFrequencies">Of each term asked for: in how many points it is.</param>
public sealed record KeywordStatistics(long Points, double AverageLength, IReadOnlyDictionary<string, long> DocumentFrequencies);

/// <summary>A revision of a document that the index holds points of.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Points">How many points.</param>
public readonly record struct IndexedRevision(string DocumentId, long Revision, long Points);
