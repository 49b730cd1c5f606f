using System.Collections.Immutable;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;
using TorchSharp;

namespace LlmPlatform.Training.Loop;

/// <summary>Steps from where a training is to its end, with logs, evaluations and checkpoints in between.</summary>
/// <typeparam name="TBatch">Rows of the data.</typeparam>
/// <param name="recipe">How often to log, evaluate and save.</param>
/// <param name="order">Which rows each step takes.</param>
/// <param name="maxSteps">The last step.</param>
/// <param name="trainer">Does a step.</param>
/// <param name="collate">Makes a batch of rows; also given the batch's number.</param>
/// <param name="evaluator">Null without held-out data.</param>
internal sealed class TrainingLoop<TBatch>(
    TrainingRecipe recipe, DataOrder order, long maxSteps, Trainer<TBatch> trainer, Func<int[], long, TBatch> collate, Evaluator<TBatch>? evaluator)
{
    /// <summary>Where the training is.</summary>
    public required LoopState State { get; init; }

    /// <summary>The network: told when it is trained and when it is evaluated.</summary>
    public required nn.Module Network { get; init; }

    /// <summary>Writes a checkpoint of the present state.</summary>
    public required Action Save { get; init; }

    /// <summary>Takes events.</summary>
    public required Action<WorkerEvent> Emit { get; init; }

    /// <summary>Trains until the end or until told to stop, which it does between steps, with a checkpoint.</summary>
    /// <returns>Whether it came to the end.</returns>
    /// <exception cref="OperationCanceledException">It was told to stop in the evaluation before the first step.</exception>
    public bool Run(CancellationToken stop)
    {
        if (State.Step == 0 && evaluator is not null)
        {
            State.EvaluationBefore = Evaluate(stop);
        }

        long saved = State.Step;
        Network.train();
        while (State.Step < maxSteps)
        {
            if (stop.IsCancellationRequested)
            {
                if (saved < State.Step)
                {
                    Save();
                }

                return false;
            }

            long step = State.Step + 1;
            State.Current = step;
            StepResult result = trainer.Step(step, [.. order.Window(step).Select(batch => collate(batch.Rows, batch.Number))]);
            Count(step, result);
            if (step % recipe.LoggingSteps == 0 || step == maxSteps)
            {
                Log(result);
            }

            if (evaluator is not null && recipe.EvalSteps > 0 && step % recipe.EvalSteps == 0 && step != maxSteps)
            {
                Evaluate(CancellationToken.None);
            }

            if (step % recipe.SaveSteps == 0 || step == maxSteps)
            {
                Save();
                saved = step;
            }
        }

        return true;
    }

    /// <summary>Metrics of the held-out data after training; empty without any.</summary>
    public ImmutableSortedDictionary<string, double> EvaluateAtEnd() =>
        evaluator is null ? ImmutableSortedDictionary<string, double>.Empty : Evaluate(CancellationToken.None);

    private void Count(long step, StepResult result)
    {
        State.Step = step;
        State.NumTokens += result.Tokens;
        State.LossSum += result.Loss;
        State.Pending.Add("loss", result.Loss);
        foreach (IReadOnlyList<Objectives.BatchMetric> metrics in result.Metrics)
        {
            State.Pending.Add(metrics);
        }
    }

    private void Log(StepResult last)
    {
        SortedDictionary<string, double> values = new(StringComparer.Ordinal) { ["grad_norm"] = last.GradNorm, ["learning_rate"] = last.LearningRate };
        foreach ((string name, double value) in State.Pending.Means().Where(pair => double.IsFinite(pair.Value)))
        {
            values[name] = value;
        }

        State.Pending = new MetricSums();
        EmitMetrics(values.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private ImmutableSortedDictionary<string, double> Evaluate(CancellationToken stop)
    {
        Network.eval();
        ImmutableSortedDictionary<string, double> metrics = evaluator!.Run(stop);
        Network.train();
        EmitMetrics(metrics);
        return metrics;
    }

    private void EmitMetrics(ImmutableSortedDictionary<string, double> values) => Emit(new WorkerMetrics
    {
        Step = State.Step,
        Epoch = (double)State.Step / order.StepsPerEpoch,
        NumTokens = State.NumTokens,
        Values = values,
    });
}
