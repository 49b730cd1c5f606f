namespace LlmPlatform.Retrieval.Search;

/// <summary>One side's results that are fused with others'.</summary>
/// <param name="Ids">What was found.</param>
/// <param name="Scores">The scores, scaled so that they can be added to other sides'.</param>
/// <param name="Weight">What this side counts.</param>
public sealed record FusionList<T>(IReadOnlyList<T> Ids, IReadOnlyList<double> Scores, double Weight = 1);

/// <summary>
/// Makes one ranking of several: each side's scores are scaled (all methods take them best first and give one number
/// each), then summed; what a side did not find adds nothing.
/// </summary>
public static class Fusion
{
    private const double LeastSpread = 1e-9;

    /// <summary>The least becomes 0, the greatest 1.</summary>
    /// <param name="scores">A side's scores.</param>
    /// <param name="whenEqual">What all become when they are equal: 1, so that a lone result counts.</param>
    public static double[] MinMax(IReadOnlyList<double> scores, double whenEqual = 1)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
        {
            return [];
        }

        double least = scores.Min();
        double spread = scores.Max() - least;
        return [.. scores.Select(score => spread == 0 ? whenEqual : (score - least) / Math.Max(spread, LeastSpread))];
    }

    /// <summary>How many standard deviations (over n) above the mean.</summary>
    public static double[] ZScore(IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
        {
            return [];
        }

        double mean = scores.Average();
        double deviation = Math.Sqrt(SquaredDeviations(scores, mean) / scores.Count);
        return [.. scores.Select(score => (score - mean) / Math.Max(deviation, LeastSpread))];
    }

    /// <summary>
    /// Distribution-based score fusion, as Qdrant does it: three standard deviations (over n - 1) below the mean become 0,
    /// three above 1, without clipping; one score or equal ones become 0.5.
    /// </summary>
    public static double[] Distribution(IReadOnlyList<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
        {
            return [];
        }

        double mean = scores.Average();
        double deviation = scores.Count == 1 ? 0 : Math.Sqrt(SquaredDeviations(scores, mean) / (scores.Count - 1));
        return [.. scores.Select(score => deviation == 0 ? 0.5 : (score - (mean - (3 * deviation))) / (6 * deviation))];
    }

    /// <summary>Reciprocal rank fusion (Cormack et al., 2009): 1 / (k + rank), the rank from 1; scores do not count.</summary>
    public static double[] ReciprocalRank(int count, double k = 60) =>
        [.. Enumerable.Range(1, count).Select(rank => 1 / (k + rank))];

    /// <summary>
    /// Qdrant's reciprocal ranks: positions count from 0, and a side's weight divides the rank instead of multiplying the
    /// score.
    /// </summary>
    public static double[] QdrantReciprocalRank(int count, double k = 2, double weight = 1) =>
        [.. Enumerable.Range(0, count).Select(position => 1 / (((position + 1) / weight) + k - 1))];

    /// <summary>The sum of all sides' weighted scores, best first; equal ones in the order of their ids.</summary>
    public static IReadOnlyList<(T Id, double Score)> WeightedSum<T>(params IReadOnlyList<FusionList<T>> lists)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(lists);
        Dictionary<T, double> sums = [];
        foreach (FusionList<T> list in lists)
        {
            for (int i = 0; i < list.Ids.Count; i++)
            {
                sums[list.Ids[i]] = sums.GetValueOrDefault(list.Ids[i]) + (list.Weight * list.Scores[i]);
            }
        }

        return [.. sums.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value))];
    }

    private static double SquaredDeviations(IReadOnlyList<double> scores, double mean) =>
        scores.Sum(score => (score - mean) * (score - mean));
}
