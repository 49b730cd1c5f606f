using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// Finds the points that hold a query's terms, by BM25 (Lucene's variant, exact lengths). Points go by ordinals that the
/// owner gives out in ascending order; calls that change it need the owner's lock against searches.
/// </summary>
public interface IKeywordIndex
{
    /// <summary>Adds a point.</summary>
    /// <param name="ordinal">One more than the last point's.</param>
    /// <param name="terms">Its terms, each once, with how often it occurs.</param>
    /// <exception cref="ArgumentException">The ordinal is not the next one.</exception>
    void Add(int ordinal, IReadOnlyList<TermCount> terms);

    /// <summary>Takes a point out of the statistics; the owner leaves it out of every later <c>allowed</c>.</summary>
    /// <param name="ordinal">The point.</param>
    /// <param name="terms">The same terms as when it was added.</param>
    void Remove(int ordinal, IReadOnlyList<TermCount> terms);

    /// <summary>The best points that hold at least one of the terms, best first; exactly what scoring all of them gives.</summary>
    /// <param name="terms">A term twice counts twice; unknown ones count nothing.</param>
    /// <param name="limit">Hits at most.</param>
    /// <param name="allowed">A bit for each ordinal, the lowest of the first word being ordinal 0: which may be returned.</param>
    /// <param name="order">Orders points of equal score.</param>
    IReadOnlyList<KeywordHit> Search(IReadOnlyList<string> terms, int limit, ReadOnlySpan<ulong> allowed, Comparison<int> order);

    /// <summary>Number of points, their average length, and in how many of them each of the terms is.</summary>
    KeywordStatistics GetStatistics(IReadOnlyCollection<string> terms);
}

/// <summary>A term of a point.</summary>
/// <param name="Term">The term.</param>
/// <param name="Count">How often it occurs, at least once.</param>
public readonly record struct TermCount(string Term, int Count);

/// <summary>A point found by its terms.</summary>
/// <param name="Ordinal">The point.</param>
/// <param name="Score">BM25.</param>
public readonly record struct KeywordHit(int Ordinal, double Score);
