using LlmPlatform.Retrieval.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>Means over queries; a query without results counts 0.</summary>
internal static class RankingMeans
{
    public static Dictionary<string, double> Of(IReadOnlyList<CorpusQuery> queries, Func<CorpusQuery, IEnumerable<int>> search)
    {
        Dictionary<string, double> sums = [];
        foreach (CorpusQuery query in queries)
        {
            int[] ranking = [.. search(query).Take(100)];
            RankingMetrics graded = RankingMetrics.Of(ranking, query.Relevant);
            RankingMetrics binary = RankingMetrics.Of(ranking, query.Relevant.ToDictionary(pair => pair.Key, pair => Math.Min(1, pair.Value)));
            Add("ndcg@10", binary.NdcgAt(10));
            Add("recall@5", binary.RecallAt(5));
            Add("recall@10", binary.RecallAt(10));
            Add("recall@100", binary.RecallAt(100));
            Add("mrr@10", binary.ReciprocalRankAt(10));
            Add("map@100", binary.AveragePrecisionAt(100));
            Add("hit@1", binary.HitAt(1));
            Add("hit@10", binary.HitAt(10));
            Add("graded_ndcg@10", graded.NdcgAt(10));
        }

        return sums.ToDictionary(pair => pair.Key, pair => pair.Value / queries.Count);

        void Add(string name, double value) => sums[name] = sums.GetValueOrDefault(name) + value;
    }
}
