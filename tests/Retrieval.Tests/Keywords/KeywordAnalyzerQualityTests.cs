using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Keywords;

/// <summary>What the analyser is worth: BM25 over all documents and questions of two collections.</summary>
public class KeywordAnalyzerQualityTests(ITestOutputHelper output)
{
    [Fact]
    public void KorQuad_is_found_at_least_as_well_as_by_plain_pairs()
    {
        Corpus corpus = Corpora.KorQuad();
        Dictionary<string, double> plain = Measure("pairs over all runs", corpus, GoldenAnalyzers.Bigrams);
        Dictionary<string, double> ours = Measure("the analyser", corpus, BruteForceSearcher.Terms(KeywordAnalyzer.Instance));
        Assert.True(ours["recall@5"] >= plain["recall@5"]);
        Assert.True(ours["ndcg@10"] >= plain["ndcg@10"]);
        Assert.True(ours["recall@5"] >= 0.978);
        Assert.True(ours["ndcg@10"] >= 0.949);
    }

    [Fact]
    public void Cranfield_is_found_about_as_well_as_with_stop_words_left_out()
    {
        Corpus corpus = Corpora.Cranfield();
        Dictionary<string, double> stop = Measure("stop words out, porter2", corpus, GoldenAnalyzers.Porter2);
        Dictionary<string, double> ours = Measure("the analyser", corpus, BruteForceSearcher.Terms(KeywordAnalyzer.Instance));
        Assert.True(ours["ndcg@10"] >= stop["ndcg@10"] - 0.005);
    }

    private Dictionary<string, double> Measure(string name, Corpus corpus, Func<string, IEnumerable<string>> analyze)
    {
        Dictionary<string, double> means = new BruteForceSearcher(corpus.Documents, analyze, Bm25.Default).Evaluate(corpus.Queries);
        output.WriteLine($"{name,-24} " + string.Join("  ", means.Select(pair => $"{pair.Key} {pair.Value:F4}")));
        return means;
    }
}
