using System.Text.Json;
using LlmPlatform.Retrieval.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

[Trait("Category", "Golden")]
public class RankingMetricsGoldenTests
{
    [Fact]
    public void Values_are_those_of_the_references()
    {
        List<string> failures = [];
        int cases = 0;
        foreach (JsonElement golden in RetrievalGolden.Json("metrics.json").EnumerateArray())
        {
            string kind = golden.GetProperty("kind").GetString()!;
            Dictionary<string, double> sums = [];
            JsonElement.ObjectEnumerator queries = golden.GetProperty("run").EnumerateObject();
            foreach (JsonProperty run in queries)
            {
                IReadOnlyList<string> order = RankingMetrics.TrecOrder(
                    run.Value.EnumerateObject().Select(item => KeyValuePair.Create(item.Name, item.Value.GetDouble())));
                Dictionary<string, int> judgements = golden.GetProperty("qrels").TryGetProperty(run.Name, out JsonElement grades)
                    ? grades.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetInt32())
                    : [];
                string[] expectedOrder = golden.GetProperty("evaluated_order").GetProperty(run.Name).Strings();
                Check($"{kind} {run.Name} order", order.SequenceEqual(expectedOrder), string.Join(' ', order));
                RankingMetrics metrics = RankingMetrics.Of(order, judgements);
                foreach (JsonElement values in new[] { "pytrec_eval", "ranx" }.Where(name => golden.GetProperty(name).TryGetProperty(run.Name, out _))
                    .Select(name => golden.GetProperty(name).GetProperty(run.Name)))
                {
                    foreach (JsonProperty value in values.EnumerateObject())
                    {
                        double actual = ValueOf(metrics, value.Name);
                        sums[value.Name] = sums.GetValueOrDefault(value.Name) + actual;
                        Check($"{kind} {run.Name} {value.Name}", RetrievalGolden.IsNear(value.Value.GetDouble(), actual), $"{actual}, not {value.Value}");
                    }
                }
            }

            foreach (JsonProperty mean in golden.GetProperty("mean_over_queries_in_run").EnumerateObject())
            {
                double actual = sums[mean.Name] / queries.Count();
                Check($"{kind} mean {mean.Name}", RetrievalGolden.IsNear(mean.Value.GetDouble(), actual), $"{actual}, not {mean.Value}");
            }
        }

        RetrievalGolden.Report("metrics.json", cases, failures);

        void Check(string name, bool isRight, string difference)
        {
            cases++;
            if (!isRight)
            {
                failures.Add($"{name}: {difference}");
            }
        }
    }

    // trec_eval's and ranx's names: a measure and, after _ or @, the number of places.
    private static double ValueOf(RankingMetrics metrics, string name)
    {
        int separator = name.LastIndexOfAny(['_', '@']);
        int count = separator > 0 && int.TryParse(name[(separator + 1)..], out int number) ? number : 0;
        return (count > 0 ? name[..separator] : name) switch
        {
            "num_rel" => metrics.RelevantCount,
            "num_rel_ret" => metrics.RelevantRetrieved,
            "map" when count == 0 => metrics.AveragePrecision,
            "map" or "map_cut" => metrics.AveragePrecisionAt(count),
            "Rprec" or "r-precision" => metrics.RPrecision,
            "bpref" => metrics.BinaryPreference,
            "recip_rank" => metrics.ReciprocalRank,
            "mrr" => metrics.ReciprocalRankAt(count),
            "P" => metrics.PrecisionAt(count),
            "recall" => metrics.RecallAt(count),
            "f1" => metrics.F1At(count),
            "success" or "hit_rate" => metrics.HitAt(count),
            "ndcg" when count == 0 => metrics.Ndcg,
            "ndcg" or "ndcg_cut" => metrics.NdcgAt(count),
            "ndcg_burges" => metrics.BurgesNdcgAt(count),
            _ => double.NaN,
        };
    }
}
