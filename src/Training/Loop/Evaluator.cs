using System.Collections.Immutable;
using LlmPlatform.Training.Objectives;
using TorchSharp;

namespace LlmPlatform.Training.Loop;

/// <summary>The loss and metrics of held-out data: means over tokens or rows, whatever the batches.</summary>
/// <typeparam name="TBatch">Rows of the data.</typeparam>
/// <param name="objective">What is trained for.</param>
/// <param name="batches">How many there are.</param>
/// <param name="batch">Makes a batch by its number.</param>
public sealed class Evaluator<TBatch>(Objective<TBatch> objective, int batches, Func<int, TBatch> batch)
{
    /// <summary>Runs over all of the data, without gradients.</summary>
    /// <returns>Under names that begin with <c>eval_</c>.</returns>
    public ImmutableSortedDictionary<string, double> Run(CancellationToken stop)
    {
        using IDisposable noGrad = no_grad();
        MetricSums sums = new();
        for (int i = 0; i < batches; i++)
        {
            stop.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            BatchLoss result = objective.Forward(batch(i));
            sums.Add("loss", result.Mean, result.Weight);
            foreach (BatchMetric metric in result.Metrics)
            {
                sums.Add(metric.Name, metric.Value, metric.Weight);
            }
        }

        return sums.Means("eval_").Where(pair => double.IsFinite(pair.Value)).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
