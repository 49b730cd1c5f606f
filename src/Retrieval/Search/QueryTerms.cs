using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Search;

/// <summary>A query's terms and what each is worth in a text.</summary>
public static class QueryTerms
{
    /// <summary>The terms of a text, in order, as often as they occur.</summary>
    public static List<string> Of(ITextAnalyzer analyzer, string text)
    {
        List<string> terms = [];
        analyzer.Analyze(text, term => terms.Add(term.ToString()));
        return terms;
    }

    /// <summary>
    /// What each of the query's terms adds to the BM25 score of a text: the same numbers as the index's, for people who
    /// want to know why.
    /// </summary>
    public static Dictionary<string, double> Explain(ITextAnalyzer analyzer, IReadOnlyList<string> query, string text, KeywordStatistics statistics)
    {
        Dictionary<string, int> asked = query.CountBy(term => term).ToDictionary();
        Dictionary<string, int> found = [];
        int length = 0;
        analyzer.Analyze(text, span =>
        {
            length++;
            string term = span.ToString();
            if (asked.ContainsKey(term))
            {
                found[term] = found.GetValueOrDefault(term) + 1;
            }
        });
        return found.ToDictionary(
            pair => pair.Key,
            pair => asked[pair.Key] * Idf(statistics, pair.Key) * Bm25.Default.Weight(pair.Value, length, statistics.AverageLength));
    }

    /// <summary>How rare a term is in the collection; terms that are in no text are the rarest.</summary>
    public static double Idf(KeywordStatistics statistics, string term) =>
        Bm25.Default.Idf(statistics.Points, statistics.DocumentFrequencies.GetValueOrDefault(term));

    /// <summary>The greatest score that any text could reach: every term, without end.</summary>
    public static double Best(IReadOnlyList<string> query, KeywordStatistics statistics) => query.Sum(term => Idf(statistics, term));
}
