using System.Text.Json;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.Retrieval.Tests.Evaluation;
using Rules = LlmPlatform.Retrieval.Search.Fusion;

namespace LlmPlatform.Retrieval.Tests.Fusion;

[Trait("Category", "Golden")]
public class FusionGoldenTests
{
    private delegate double[] Scaling(double[] scores, double weight);

    private static readonly Dictionary<string, (Scaling Scale, bool IsWeighted)> Methods = new()
    {
        ["rrf_k60"] = ((scores, _) => Rules.ReciprocalRank(scores.Length), false),
        ["rrf_k10"] = ((scores, _) => Rules.ReciprocalRank(scores.Length, 10), false),
        ["rrf_k60_weighted"] = ((scores, _) => Rules.ReciprocalRank(scores.Length), true),
        ["qdrant_rrf_default_k2"] = ((scores, _) => Rules.QdrantReciprocalRank(scores.Length), false),
        ["qdrant_rrf_k60_weighted"] = ((scores, weight) => Rules.QdrantReciprocalRank(scores.Length, 60, weight), false),
        ["dbsf"] = ((scores, _) => Rules.Distribution(scores), false),
        ["minmax_sum"] = ((scores, _) => Rules.MinMax(scores, whenEqual: 0), false),
        ["minmax_weighted_sum"] = ((scores, _) => Rules.MinMax(scores, whenEqual: 0), true),
        ["zscore_sum"] = ((scores, _) => Rules.ZScore(scores), false),
        ["zscore_weighted_sum"] = ((scores, _) => Rules.ZScore(scores), true),
    };

    [Fact]
    public void Fused_rankings_are_those_of_the_references()
    {
        List<string> failures = [];
        int cases = 0;
        foreach (JsonElement golden in RetrievalGolden.Json("fusion.json").EnumerateArray())
        {
            (long Id, double Score)[][] lists = [.. golden.GetProperty("lists").EnumerateArray().Select(Read)];
            double[] weights = golden.GetProperty("weights").Doubles();
            foreach (JsonProperty property in golden.EnumerateObject().Where(property => property.Name is not ("lists" or "weights")))
            {
                cases++;
                (long, double)[] expected = Read(property.Value);
                IReadOnlyList<(long, double)> actual = property.Name == "zscore_of_first_list"
                    ? Fuse(lists[..1], weights, Methods["zscore_sum"])
                    : Methods.TryGetValue(property.Name, out (Scaling, bool) method) ? Fuse(lists, weights, method) : [];
                string? difference = Difference(expected, actual);
                if (difference is not null)
                {
                    failures.Add($"case {cases} {property.Name}: {difference}");
                }
            }
        }

        RetrievalGolden.Report("fusion.json", cases, failures);
    }

    private static IReadOnlyList<(long Id, double Score)> Fuse((long Id, double Score)[][] lists, double[] weights, (Scaling Scale, bool IsWeighted) method) =>
        Rules.WeightedSum([.. lists.Select((list, i) => new FusionList<long>(
            [.. list.Select(item => item.Id)],
            method.Scale([.. list.Select(item => item.Score)], weights[i]),
            method.IsWeighted ? weights[i] : 1))]);

    // Scores that differ by rounding only may stand in either order.
    private static string? Difference((long Id, double Score)[] expected, IReadOnlyList<(long Id, double Score)> actual)
    {
        if (expected.Length != actual.Count)
        {
            return $"{actual.Count} results, not {expected.Length}";
        }

        Dictionary<long, double> scores = actual.ToDictionary(pair => pair.Id, pair => pair.Score);
        for (int i = 0; i < expected.Length; i++)
        {
            (long id, double score) = expected[i];
            if (!scores.TryGetValue(id, out double own) || Math.Abs(own - score) > 1e-9 * Math.Max(1, Math.Abs(score)))
            {
                return $"{id} has {own}, not {score}";
            }

            if (actual[i].Id != id && Math.Abs(actual[i].Score - score) > 1e-12)
            {
                return $"place {i} has {actual[i].Id}, not {id}";
            }
        }

        return null;
    }

    private static (long Id, double Score)[] Read(JsonElement list) =>
        [.. list.EnumerateArray().Select(item => (item[0].GetInt64(), item[1].GetDouble()))];
}
