namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>How well a model's similarities agree with people's.</summary>
internal static class Agreement
{
    /// <summary>Spearman's rank correlation; equal values share the mean of their ranks.</summary>
    public static double Spearman(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        (double[] first, double[] second) = (Ranks(one), Ranks(other));
        (double meanFirst, double meanSecond) = (first.Average(), second.Average());
        double both = 0, squaresFirst = 0, squaresSecond = 0;
        for (int i = 0; i < first.Length; i++)
        {
            (double a, double b) = (first[i] - meanFirst, second[i] - meanSecond);
            (both, squaresFirst, squaresSecond) = (both + (a * b), squaresFirst + (a * a), squaresSecond + (b * b));
        }

        return both / Math.Sqrt(squaresFirst * squaresSecond);
    }

    /// <summary>The area under the ROC curve: how often a pair of label 1 has a greater value than one of label 0.</summary>
    public static double Auroc(IReadOnlyList<double> values, IReadOnlyList<double> labels)
    {
        double[] ranks = Ranks(values);
        int positives = labels.Count(label => label > 0);
        double sum = ranks.Where((_, i) => labels[i] > 0).Sum();
        return (sum - (positives * (positives + 1) / 2d)) / ((double)positives * (labels.Count - positives));
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] ranks = new double[values.Count];
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]])
            {
                end++;
            }

            for (int i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end + 1) / 2d;
            }

            start = end;
        }

        return ranks;
    }
}
