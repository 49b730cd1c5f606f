using System.Text.Json;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Keywords.Postings;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Lucene's BM25 of bm25s, with k1 1.2 and b 0.75, through the postings: from memory and from a file.</summary>
public sealed class KeywordGoldenTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-postings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [Trait("Category", "Golden")]
    [InlineData(false)]
    [InlineData(true)]
    public void Postings_score_as_bm25s(bool written)
    {
        using JsonDocument corpora = JsonDocument.Parse(File.ReadAllText(SharedData.Require("golden", "retrieval", "bm25.json")));
        List<string> failures = [];
        int scores = 0;
        foreach (JsonElement corpus in corpora.RootElement.EnumerateArray())
        {
            List<List<string>> documents = [.. corpus.GetProperty("documents").EnumerateArray().Select(Strings)];
            using PostingsIndex index = new();
            for (int i = 0; i < documents.Count; i++)
            {
                index.Add(i, [.. documents[i].GroupBy(term => term).Select(group => new TermCount(group.Key, group.Count()))]);
            }

            if (written)
            {
                string path = Path.Combine(_folder, $"{Guid.NewGuid():n}.postings");
                index.Tail.Write(path, _ => false);
                index.ReplaceTail(PostingsSegment.TryOpen(path)!);
            }

            List<List<string>> queries = [.. corpus.GetProperty("queries").EnumerateArray().Select(Strings)];
            foreach (JsonElement result in corpus.GetProperty("results").EnumerateArray().Where(IsOurs))
            {
                for (int query = 0; query < queries.Count; query++)
                {
                    double[] expected = [.. result.GetProperty("query_scores")[query].EnumerateArray().Select(score => score.GetDouble())];
                    scores += expected.Length;
                    double[] actual = Scores(index, queries[query], expected.Length);
                    failures.AddRange(Enumerable.Range(0, expected.Length)
                        .Where(i => Math.Abs(expected[i] - actual[i]) > 1e-9 * Math.Max(1e-3, Math.Abs(expected[i])))
                        .Select(i => $"{corpus.GetProperty("name")}, query {query}, document {i}: {actual[i]}, expected {expected[i]}"));
                }
            }
        }

        Assert.True(scores > 0, "no scores of Lucene's variant with k1 1.2 and b 0.75");
        Assert.True(failures.Count == 0, $"{failures.Count} of {scores}: {string.Join("; ", failures.Take(10))}");
    }

    private static double[] Scores(PostingsIndex index, List<string> query, int documents)
    {
        double[] scores = new double[documents];
        ulong[] allowed = Enumerable.Repeat(ulong.MaxValue, PointBits.WordsFor(documents)).ToArray();
        foreach (KeywordHit hit in index.Search(query, documents, allowed, (left, right) => left.CompareTo(right)))
        {
            scores[hit.Ordinal] = hit.Score;
        }

        return scores;
    }

    private static bool IsOurs(JsonElement result) =>
        result.GetProperty("method").GetString() == "lucene" && result.GetProperty("k1").GetDouble() == 1.2 && result.GetProperty("b").GetDouble() == 0.75;

    private static List<string> Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}
