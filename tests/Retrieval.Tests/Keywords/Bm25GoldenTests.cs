using System.Text.Json;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Keywords;

[Trait("Category", "Golden")]
public class Bm25GoldenTests
{
    [Fact]
    public void Scores_are_those_of_the_references()
    {
        List<string> failures = [];
        int cases = 0;
        foreach (JsonElement golden in RetrievalGolden.Json("bm25.json").EnumerateArray())
        {
            TermCounts counts = new(golden);
            foreach (JsonElement result in golden.GetProperty("results").EnumerateArray())
            {
                string name = $"{golden.GetProperty("name").GetString()} {result.GetProperty("method").GetString()} k1 {result.GetProperty("k1")} b {result.GetProperty("b")}";
                Func<string, int, double> score = ScoreOf(counts, result);
                Compare("term_scores", counts.Terms.Select(term => Enumerable.Range(0, counts.Documents.Length).Select(i => score(term, i))));
                Compare("query_scores", counts.Queries.Select(query => Enumerable.Range(0, counts.Documents.Length)
                    .Select(i => query.Where(counts.IsKnown).Sum(term => score(term, i)))));
                Compare("term_scores_of_matching_documents_only", counts.Terms.Select(term => Enumerable.Range(0, counts.Documents.Length)
                    .Select(i => counts.Frequency(term, i) == 0 ? 0 : score(term, i))));

                void Compare(string property, IEnumerable<IEnumerable<double>> actual)
                {
                    if (!result.TryGetProperty(property, out JsonElement expected))
                    {
                        return;
                    }

                    foreach ((double[] wanted, double[] got) in expected.EnumerateArray().Select(row => row.Doubles()).Zip(actual.Select(row => row.ToArray())))
                    {
                        cases++;
                        if (!wanted.Zip(got).All(pair => RetrievalGolden.IsNear(pair.First, pair.Second)))
                        {
                            failures.Add($"{name} {property}: {string.Join(' ', got)}, not {string.Join(' ', wanted)}");
                        }
                    }
                }
            }
        }

        RetrievalGolden.Report("bm25.json", cases, failures);
    }

    // rank_bm25 has formulas of its own that are made of the product's: other idfs for terms in most documents, and one
    // more factor.
    private static Func<string, int, double> ScoreOf(TermCounts counts, JsonElement result)
    {
        string method = result.GetProperty("method").GetString()!;
        double delta = result.TryGetProperty("delta", out JsonElement given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : 0;
        Bm25 bm25 = new(VariantOf(method), result.GetProperty("k1").GetDouble(), result.GetProperty("b").GetDouble(), delta);
        double IdfOf(string term) => bm25.Idf(counts.Documents.Length, counts.DocumentFrequency(term));
        double Weight(string term, int i) => bm25.Weight(counts.Frequency(term, i), counts.Documents[i].Length, counts.AverageLength);
        switch (method)
        {
            case "rank_bm25.BM25L":
                return (term, i) => IdfOf(term) * counts.Frequency(term, i) * Weight(term, i);
            case "rank_bm25.BM25Okapi":
                double Raw(string term) => Math.Log((counts.Documents.Length - counts.DocumentFrequency(term) + 0.5) / (counts.DocumentFrequency(term) + 0.5));
                double floor = result.GetProperty("epsilon").GetDouble() * counts.Vocabulary.Average(Raw);
                return (term, i) => (Raw(term) < 0 ? floor : Raw(term)) * Weight(term, i);
            default:
                return (term, i) => IdfOf(term) * Weight(term, i);
        }
    }

    private static Bm25Variant VariantOf(string method) => method switch
    {
        "lucene" => Bm25Variant.Lucene,
        "robertson" => Bm25Variant.Robertson,
        "atire" or "rank_bm25.BM25Okapi" => Bm25Variant.Atire,
        "bm25+" or "rank_bm25.BM25Plus" => Bm25Variant.Plus,
        "bm25l" or "rank_bm25.BM25L" => Bm25Variant.L,
        _ => throw new InvalidDataException($"bm25.json names the method {method}"),
    };

    private sealed class TermCounts(JsonElement golden)
    {
        public string[][] Documents { get; } = [.. golden.GetProperty("documents").EnumerateArray().Select(document => document.Strings())];

        public string[][] Queries { get; } = [.. golden.GetProperty("queries").EnumerateArray().Select(query => query.Strings())];

        public string[] Terms { get; } = golden.GetProperty("terms").Strings();

        public double AverageLength => Documents.Average(document => document.Length);

        public IReadOnlyList<string> Vocabulary => [.. Documents.SelectMany(document => document).Distinct()];

        public bool IsKnown(string term) => DocumentFrequency(term) > 0;

        public int DocumentFrequency(string term) => Documents.Count(document => document.Contains(term));

        public int Frequency(string term, int document) => Documents[document].Count(other => other == term);
    }
}
