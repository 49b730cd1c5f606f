using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>A question's terms, each with its rarity.</summary>
internal sealed class QuestionTerms
{
    private readonly Dictionary<string, double> _weights = [];

    public QuestionTerms(IEnumerable<string> terms, KeywordStatistics statistics)
    {
        foreach (string term in terms)
        {
            // A term that is nowhere counts as one that is in one place: in a small collection it would outweigh all others.
            long frequency = Math.Max(1, statistics.DocumentFrequencies.GetValueOrDefault(term));
            _weights[term] = Bm25.Default.Idf(Math.Max(1, statistics.Points), frequency);
        }

        Weight = _weights.Values.Sum();
    }

    /// <summary>Of all terms together.</summary>
    public double Weight { get; }

    public bool Contains(string term) => _weights.ContainsKey(term);

    /// <summary>The share of the weight that these terms of the question are.</summary>
    public double Share(IEnumerable<string> terms) => Weight == 0 ? 0 : terms.Sum(term => _weights[term]) / Weight;
}
