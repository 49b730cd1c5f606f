using System.Text.Json;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>The keyword systems of the reference results, over whole collections.</summary>
[Trait("Category", "Golden")]
public class CollectionGoldenTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("cranfield")]
    [InlineData("korquad")]
    public void Keyword_systems_have_the_reference_values(string collection)
    {
        bool korean = collection == "korquad";
        Corpus corpus = korean ? Corpora.KorQuad() : Corpora.Cranfield();
        JsonElement results = RetrievalGolden.Json(collection, "results.json");
        JsonElement[] queries = [.. File.ReadLines(SharedData.Require("golden", "retrieval", collection, "queries.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        List<string> failures = [];
        int cases = 0;
        Check("documents", corpus.Documents.Length, results.GetProperty("documents").GetInt32());
        Check("queries", corpus.Queries.Count, results.GetProperty("queries").GetInt32());
        foreach (JsonProperty analyzer in results.GetProperty("analyzers").EnumerateObject())
        {
            if (GoldenAnalyzers.Find(analyzer.Name, korean) is not Func<string, IEnumerable<string>> analyze)
            {
                Skip(collection, $"analyser {analyzer.Name}: needs a morphological analyser");
                continue;
            }

            BruteForceSearcher searcher = new(corpus.Documents, analyze, Bm25.Default);
            Check($"{analyzer.Name} terms", searcher.TotalTerms, analyzer.Value.GetProperty("terms_total").GetInt64());
            Check($"{analyzer.Name} vocabulary", searcher.Vocabulary, analyzer.Value.GetProperty("vocabulary").GetInt32());
            Check($"{analyzer.Name} query terms", corpus.Queries.Sum(query => analyze(query.Text).Count()), analyzer.Value.GetProperty("query_terms_total").GetInt64());
        }

        foreach (JsonProperty system in results.GetProperty("systems").EnumerateObject())
        {
            string[] parts = system.Name.Split('_', 2);
            Bm25? bm25 = parts[0] switch
            {
                "bm25" => Bm25.Default,
                "bm25plus" => new Bm25(Bm25Variant.Plus, Delta: 1),
                "bm25l" => new Bm25(Bm25Variant.L, Delta: 0.5),
                _ => null,
            };
            if (bm25 is null || GoldenAnalyzers.Find(parts[1], korean) is not Func<string, IEnumerable<string>> analyze)
            {
                Skip(collection, $"system {system.Name}: needs dense lists, FTS5, TF-IDF or a morphological analyser");
                continue;
            }

            BruteForceSearcher searcher = new(corpus.Documents, analyze, bm25);
            Dictionary<string, double> means = searcher.Evaluate(corpus.Queries);
            foreach (JsonProperty metric in system.Value.EnumerateObject().Where(metric => means.ContainsKey(metric.Name)))
            {
                // Equal scores may stand in another order.
                cases++;
                if (Math.Abs(means[metric.Name] - metric.Value.GetDouble()) > 2e-4)
                {
                    failures.Add($"{system.Name} {metric.Name}: {means[metric.Name]}, not {metric.Value}");
                }
            }

            foreach (JsonElement query in queries.Where(query => query.GetProperty("top").TryGetProperty(system.Name, out _)))
            {
                double[] expected = query.GetProperty("top").GetProperty(system.Name)[1].Doubles();
                double[] actual = [.. searcher.Search(query.GetProperty("text").GetString()!, expected.Length).Select(hit => hit.Score)];
                cases++;
                if (expected.Length != actual.Length || !expected.Zip(actual).All(pair => RetrievalGolden.IsNear(pair.First, pair.Second, 1e-7)))
                {
                    failures.Add($"{system.Name} query {query.GetProperty("query")}: {string.Join(' ', actual)}, not {string.Join(' ', expected)}");
                }
            }
        }

        RetrievalGolden.Report(collection, cases, failures);

        void Check(string name, long actual, long expected)
        {
            cases++;
            if (actual != expected)
            {
                failures.Add($"{name}: {actual}, not {expected}");
            }
        }
    }

    private void Skip(string collection, string reason)
    {
        GoldenCoverage.Count($"retrieval/{collection}", skipped: true);
        output.WriteLine($"left out: {reason}");
    }
}
