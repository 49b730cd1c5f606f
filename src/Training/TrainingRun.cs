using LlmPlatform.Hub;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Jobs;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training;

/// <summary>A job from its start message to its end.</summary>
public static class TrainingRun
{
    /// <summary>
    /// Trains, synchronously on the calling thread. What goes wrong is told by an event; what nobody foresaw is also written
    /// to standard error, with its trace.
    /// </summary>
    /// <param name="start">What to train.</param>
    /// <param name="emit">Takes what happens.</param>
    /// <param name="stop">Cancelled: the job stops after its present step, with a checkpoint.</param>
    /// <returns>One of <see cref="WorkerExit"/>.</returns>
    public static int Run(WorkerStart start, Action<WorkerEvent> emit, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(emit);
        Func<long>? lastStep = null;
        try
        {
            RecipeRules.Check(start.Recipe);
            TorchRuntime.EnsureLoaded(start.Recipe.Threads);
            JobContext context = new(start, ModelFolder.Open(start.BaseFolder), emit, stop);
            return start.Recipe.Objective switch
            {
                TrainingContracts.Recipes.Objectives.CausalLm => Train(context, LanguageTask.Causal(context), ref lastStep),
                TrainingContracts.Recipes.Objectives.MaskedLm => Train(context, LanguageTask.Masked(context), ref lastStep),
                TrainingContracts.Recipes.Objectives.Sft => Train(context, LanguageTask.Supervised(context), ref lastStep),
                TrainingContracts.Recipes.Objectives.Dpo => Train(context, PreferenceTask.Create(context), ref lastStep),
                TrainingContracts.Recipes.Objectives.Contrastive => Train(context, ContrastiveTask.Create(context), ref lastStep),
                _ => Train(context, DistillationTask.Create(context), ref lastStep),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            emit(new WorkerStopped(lastStep?.Invoke() ?? 0));
            return WorkerExit.Stopped;
        }
        catch (Exception exception)
        {
            WorkerFailed failure = JobFailure.Of(exception, lastStep is null ? null : lastStep() + 1);
            if (failure.Code == Loop.FailureCodes.Internal)
            {
                Console.Error.WriteLine(exception);
            }

            emit(failure);
            return WorkerExit.Failed;
        }
    }

    private static int Train<TBatch>(JobContext context, TrainingTask<TBatch> task, ref Func<long>? lastStep)
    {
        using (task)
        {
            JobRunner<TBatch> runner = new(context, task);
            lastStep = () => runner.Step;
            return runner.Run();
        }
    }
}
