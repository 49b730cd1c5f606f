using System.Globalization;
using LlmPlatform.Training.Objectives;
using LlmPlatform.Training.Optimization;
using TorchSharp;

namespace LlmPlatform.Training.Loop;

/// <summary>One optimizer step after the other, on the calling thread.</summary>
/// <typeparam name="TBatch">Rows of the data.</typeparam>
/// <param name="objective">What is trained for.</param>
/// <param name="parameters">What is trained.</param>
/// <param name="optimizer">Changes them.</param>
/// <param name="schedule">The learning rates.</param>
/// <param name="maxGradNorm">Gradients are scaled down to this norm; 0: never.</param>
public sealed class Trainer<TBatch>(
    Objective<TBatch> objective, IReadOnlyList<TrainedParameter> parameters, AdamW optimizer, LearningRateSchedule schedule, double maxGradNorm)
{
    // No network computes with weights like this; float32 overflows soon behind it.
    private const double LargestWeight = 1e5;

    /// <summary>Does a step.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="window">The batches whose gradients are added up.</param>
    /// <exception cref="TrainingException">The loss, the gradient or a weight is no number any more (nan_loss).</exception>
    public StepResult Step(long step, IReadOnlyList<TBatch> window)
    {
        ArgumentNullException.ThrowIfNull(window);
        using DisposeScope scope = NewDisposeScope();
        double divisor = objective.Divisor(window);
        double loss = 0;
        long tokens = 0;
        List<IReadOnlyList<BatchMetric>> metrics = [];
        foreach (TBatch batch in window)
        {
            using DisposeScope part = NewDisposeScope();
            BatchLoss result = objective.Forward(batch);
            tokens += result.Tokens;
            if (result.Loss is null)
            {
                continue;
            }

            Tensor divided = result.Loss / divisor;
            double value = Scalars.Of(divided);
            Require(double.IsFinite(value), step, $"the loss is {Shown(value)}");
            divided.backward();
            loss += value;
            metrics.Add(result.Metrics);
        }

        double norm = GradientNorm.Of(parameters);
        Require(double.IsFinite(norm), step, $"the norm of the gradient is {Shown(norm)}");
        double rate = schedule.At(step - 1);
        optimizer.Step(rate, GradientNorm.Scale(norm, maxGradNorm));
        CheckWeights(step, rate);
        foreach (TrainedParameter parameter in parameters)
        {
            parameter.ClearGradient();
        }

        return new StepResult(loss, norm, rate, tokens, metrics);
    }

    private static string Shown(double value) => double.IsNaN(value) ? "NaN" : value.ToString("g6", CultureInfo.InvariantCulture);

    private static void Require(bool met, long step, string found)
    {
        if (!met)
        {
            throw new TrainingException(
                FailureCodes.NanLoss, $"step {step}: {found}, expected a finite number; a lower learning_rate or max_grad_norm may help", step);
        }
    }

    // Largest and smallest in one pass over each weight, without a copy of it; only a number that is too large asks whose it is.
    private void CheckWeights(long step, double rate)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] largest = [.. parameters.Select(parameter => Largest(parameter.Values))];
        if (largest.Length == 0 || Scalars.Of(stack(largest).max()) < LargestWeight)
        {
            return;
        }

        foreach ((TrainedParameter parameter, Tensor value) in parameters.Zip(largest))
        {
            double found = Scalars.Of(value);
            Require(
                found < LargestWeight,
                step,
                $"with learning_rate {Shown(rate)} a weight of {parameter.Name} is {Shown(found)}, beyond which the loss is NaN");
        }
    }

    // The largest magnitude, a scalar; NaN where a value is.
    private static Tensor Largest(Tensor values)
    {
        (Tensor least, Tensor most) = values.aminmax();
        return maximum(least.neg(), most);
    }
}
