using LlmPlatform.Hub;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Jobs;
using LlmPlatform.Training.Loop;
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
        LoopState? state = null;
        try
        {
            RecipeRules.Check(start.Recipe);
            TorchRuntime.EnsureLoaded(start.Recipe.Threads);
            JobContext context = new(start, ModelFolder.Open(start.BaseFolder), emit, stop);
            return start.Recipe.Objective switch
            {
                TrainingContracts.Recipes.Objectives.CausalLm => Train(context, LanguageTask.Causal(context), ref state),
                TrainingContracts.Recipes.Objectives.MaskedLm => Train(context, LanguageTask.Masked(context), ref state),
                TrainingContracts.Recipes.Objectives.Sft => Train(context, LanguageTask.Supervised(context), ref state),
                TrainingContracts.Recipes.Objectives.Dpo => Train(context, PreferenceTask.Create(context), ref state),
                TrainingContracts.Recipes.Objectives.Contrastive => Train(context, ContrastiveTask.Create(context), ref state),
                _ => Train(context, DistillationTask.Create(context), ref state),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            emit(new WorkerStopped(state?.Step ?? 0));
            return WorkerExit.Stopped;
        }
        catch (Exception exception)
        {
            WorkerFailed failure = JobFailure.Of(exception, state is { Current: > 0 } ? state.Current : null);
            if (failure.Code == FailureCodes.Internal)
            {
                Console.Error.WriteLine(exception);
            }

            emit(failure);
            return WorkerExit.Failed;
        }
    }

    private static int Train<TBatch>(JobContext context, TrainingTask<TBatch> task, ref LoopState? state)
    {
        using (task)
        {
            JobRunner<TBatch> runner = new(context, task);
            state = runner.State;
            return runner.Run();
        }
    }
}
