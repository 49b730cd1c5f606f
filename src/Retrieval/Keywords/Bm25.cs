namespace LlmPlatform.Retrieval.Keywords;

/// <summary>The variants of BM25 that libraries know (Kamphuis et al., "Which BM25 do you mean?", 2020).</summary>
public enum Bm25Variant
{
    /// <summary>Lucene's: an idf that is never negative, without the factor k1 + 1.</summary>
    Lucene,

    /// <summary>Robertson's: idf at least 0, without the factor k1 + 1.</summary>
    Robertson,

    /// <summary>ATIRE's: idf = ln(N/df).</summary>
    Atire,

    /// <summary>BM25+: every occurrence is worth at least delta, however long the document.</summary>
    Plus,

    /// <summary>BM25L: long documents are punished less.</summary>
    L,
}

/// <summary>
/// BM25's formulas in double precision, with exact lengths. A document's score is the sum over the query's terms (a term
/// twice counts twice) of idf times weight.
/// </summary>
/// <param name="Variant">The formula.</param>
/// <param name="K1">How soon more occurrences stop to count.</param>
/// <param name="B">How much a document's length counts, 0 to 1.</param>
/// <param name="Delta">The lower bound of BM25+ (usually 1) and BM25L (usually 0.5).</param>
public sealed record Bm25(Bm25Variant Variant = Bm25Variant.Lucene, double K1 = 1.2, double B = 0.75, double Delta = 0)
{
    /// <summary>What the platform searches with.</summary>
    public static Bm25 Default { get; } = new();

    /// <summary>How rare a term is.</summary>
    /// <param name="documents">All documents.</param>
    /// <param name="documentFrequency">Documents with the term, at least 1.</param>
    public double Idf(long documents, long documentFrequency)
    {
        double n = documents;
        double df = documentFrequency;
        return Variant switch
        {
            Bm25Variant.Lucene => Math.Log(1 + ((n - df + 0.5) / (df + 0.5))),
            Bm25Variant.Robertson => Math.Max(0, Math.Log((n - df + 0.5) / (df + 0.5))),
            Bm25Variant.Atire => Math.Log(n / df),
            Bm25Variant.Plus => Math.Log((n + 1) / df),
            _ => Math.Log((n + 1) / (df + 0.5)),
        };
    }

    /// <summary>What occurrences in a document count, without the term's rarity.</summary>
    /// <param name="frequency">Occurrences of the term in the document.</param>
    /// <param name="length">Terms of the document.</param>
    /// <param name="averageLength">Terms of a document on average.</param>
    public double Weight(double frequency, double length, double averageLength)
    {
        double relative = 1 - B + (B * length / averageLength);
        double saturated = frequency == 0 ? 0 : frequency / (frequency + (K1 * relative));
        double normalized = frequency == 0 ? 0 : frequency / relative;
        return Variant switch
        {
            Bm25Variant.Lucene or Bm25Variant.Robertson => saturated,
            Bm25Variant.Atire => (K1 + 1) * saturated,
            Bm25Variant.Plus => ((K1 + 1) * saturated) + Delta,
            _ => (K1 + 1) * (normalized + Delta) / (K1 + normalized + Delta),
        };
    }
}
