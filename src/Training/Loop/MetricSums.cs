using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Loop;

/// <summary>Sums of metrics until they are logged; a checkpoint holds them.</summary>
public sealed record MetricSums
{
    /// <summary>By name: the sum of values times weights, and the sum of weights.</summary>
    public SortedDictionary<string, double[]> Sums { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Adds a value.</summary>
    public void Add(string name, double value, double weight = 1)
    {
        if (!Sums.TryGetValue(name, out double[]? sum))
        {
            Sums[name] = sum = new double[2];
        }

        sum[0] += value * weight;
        sum[1] += weight;
    }

    /// <summary>Adds the metrics of a batch, all batches alike.</summary>
    public void Add(IEnumerable<BatchMetric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (BatchMetric metric in metrics)
        {
            Add(metric.Name, metric.Value);
        }
    }

    /// <summary>The means of what has any weight.</summary>
    public IEnumerable<KeyValuePair<string, double>> Means(string prefix = "") => Sums
        .Where(pair => pair.Value[1] > 0)
        .Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value[0] / pair.Value[1]));
}
