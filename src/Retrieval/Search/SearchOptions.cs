using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Search;

/// <summary>Which sides a search asks.</summary>
public enum SearchMode
{
    /// <summary>Both where there are vectors, else keywords.</summary>
    Auto,

    /// <summary>Both, fused.</summary>
    Hybrid,

    /// <summary>Vectors alone.</summary>
    Dense,

    /// <summary>Keywords alone.</summary>
    Keyword,
}

/// <summary>A search in one collection.</summary>
public sealed record SearchOptions
{
    /// <summary>The words that are looked for.</summary>
    public required string Query { get; init; }

    /// <summary>The query's vector of unit length; empty: the dense side is not asked.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>Who reads, and the condition on the attributes.</summary>
    public required IndexFilter Filter { get; init; }

    /// <summary>Which sides are asked.</summary>
    public SearchMode Mode { get; init; }

    /// <summary>Results at most.</summary>
    public int Limit { get; init; } = 10;

    /// <summary>The share of the dense score, 0 to 1.</summary>
    public double DenseWeight { get; init; } = 0.2;

    /// <summary>0 (nearest only) to 1 (most different).</summary>
    public double Diversity { get; init; }

    /// <summary>Results with a lower score are left out.</summary>
    public double ScoreThreshold { get; init; }

    /// <summary>Results of one document at most; 0: no limit.</summary>
    public int MaxPerDocument { get; init; }

    /// <summary>Candidates of each side before fusion.</summary>
    public int Candidates { get; init; } = 100;
}

/// <summary>A result with the parts of its score.</summary>
public sealed record SearchResult(IndexPoint Point, double Score, ScoreParts Parts);

/// <summary>How a result came to its score; null: that side did not find it.</summary>
public sealed record ScoreParts
{
    /// <summary>Cosine similarity.</summary>
    public double? Dense { get; init; }

    /// <summary>Place on the dense side, from 1.</summary>
    public int? DenseRank { get; init; }

    /// <summary>Scaled to 0 to 1 over the dense side's candidates.</summary>
    public double? DenseScaled { get; init; }

    /// <summary>BM25.</summary>
    public double? Keyword { get; init; }

    /// <summary>Place on the keyword side, from 1.</summary>
    public int? KeywordRank { get; init; }

    /// <summary>Scaled to 0 to 1 over the keyword side's candidates.</summary>
    public double? KeywordScaled { get; init; }

    /// <summary>The share of the dense score.</summary>
    public double DenseWeight { get; init; }

    /// <summary>What each of the query's terms adds to the BM25 score.</summary>
    public IReadOnlyDictionary<string, double> Terms { get; init; } = new Dictionary<string, double>();

    /// <summary>What maximal marginal relevance took away.</summary>
    public double? DiversityPenalty { get; init; }

    /// <summary>Where documents are ranked, one result each: the largest <see cref="DenseScaled"/> of the document's chunks, which the score counts.</summary>
    public double? DocumentDenseScaled { get; init; }

    /// <summary>Where documents are ranked, one result each: the largest <see cref="KeywordScaled"/> of the document's chunks.</summary>
    public double? DocumentKeywordScaled { get; init; }
}

/// <summary>
/// Which revisions are to be seen: of each document asked for, the one that its row names; documents that are gone or not
/// indexed are left out.
/// </summary>
public delegate ValueTask<IReadOnlyDictionary<string, long>> VisibleRevisions(IReadOnlyCollection<string> documentIds, CancellationToken cancellationToken);
