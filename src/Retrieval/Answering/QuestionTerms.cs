using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Search;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>A question's terms, each with its rarity.</summary>
internal sealed class QuestionTerms
{
    private readonly Dictionary<string, double> _weights = [];

    public QuestionTerms(IEnumerable<string> terms, KeywordStatistics statistics)
    {
        foreach (string term in terms)
        {
            _weights[term] = QueryTerms.Idf(statistics, term);
        }

        Weight = _weights.Values.Sum();
    }

    /// <summary>Of all terms together.</summary>
    public double Weight { get; }

    public bool Contains(string term) => _weights.ContainsKey(term);

    /// <summary>The share of the weight that these terms of the question are.</summary>
    public double Share(IEnumerable<string> terms) => Weight == 0 ? 0 : terms.Sum(term => _weights[term]) / Weight;
}
