using System.Numerics.Tensors;

namespace LlmPlatform.Retrieval.Search;

/// <summary>A candidate that was chosen.</summary>
/// <param name="Index">Its place among the candidates.</param>
/// <param name="Score">Its weighted relevance less the penalty.</param>
/// <param name="Penalty">What likeness to those chosen before took away.</param>
public readonly record struct MarginalChoice(int Index, double Score, double Penalty);

/// <summary>
/// Maximal marginal relevance (Carbonell and Goldstein, 1998): repeatedly takes the candidate with the greatest
/// l * relevance - (1 - l) * (greatest similarity to one chosen before); l is 1 - diversity.
/// </summary>
public static class MaximalMarginalRelevance
{
    /// <summary>Chooses among candidates that are given best first; of equal ones the earlier is taken.</summary>
    /// <param name="relevances">How well each candidate answers the query.</param>
    /// <param name="similarity">How like two candidates are, by their places.</param>
    /// <param name="limit">How many are chosen at most.</param>
    /// <param name="diversity">0: by relevance alone; 1: as different as can be.</param>
    /// <exception cref="ArgumentOutOfRangeException">The diversity is not within 0 and 1.</exception>
    public static IReadOnlyList<MarginalChoice> Select(
        IReadOnlyList<double> relevances,
        Func<int, int, double> similarity,
        int limit,
        double diversity)
    {
        ArgumentNullException.ThrowIfNull(relevances);
        ArgumentNullException.ThrowIfNull(similarity);
        if (!(diversity is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(diversity), diversity, "diversity must be within 0 and 1");
        }

        List<int> left = [.. Enumerable.Range(0, relevances.Count)];
        double[] nearest = new double[relevances.Count];
        List<MarginalChoice> chosen = [];
        while (chosen.Count < limit && left.Count > 0)
        {
            MarginalChoice best = left.Select(Rate).MaxBy(choice => choice.Score);
            chosen.Add(best);
            left.Remove(best.Index);
            foreach (int candidate in left)
            {
                double likeness = similarity(candidate, best.Index);
                nearest[candidate] = chosen.Count == 1 ? likeness : Math.Max(nearest[candidate], likeness);
            }
        }

        return chosen;

        MarginalChoice Rate(int candidate)
        {
            double penalty = diversity * nearest[candidate];
            return new MarginalChoice(candidate, ((1 - diversity) * relevances[candidate]) - penalty, penalty);
        }
    }

    /// <summary>The same with the cosine of vectors of equal length as similarity.</summary>
    public static IReadOnlyList<MarginalChoice> Select(
        IReadOnlyList<double> relevances,
        IReadOnlyList<ReadOnlyMemory<float>> vectors,
        int limit,
        double diversity) => Select(
            relevances,
            (first, second) => TensorPrimitives.CosineSimilarity(vectors[first].Span, vectors[second].Span),
            limit,
            diversity);
}
