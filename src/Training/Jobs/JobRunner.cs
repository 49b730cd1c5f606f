using System.Collections.Immutable;
using System.Diagnostics;
using LlmPlatform.Training.Checkpoints;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Optimization;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Jobs;

/// <summary>Trains a task from its beginning or a checkpoint to its end, or to where it is told to stop.</summary>
/// <typeparam name="TBatch">Rows of the data.</typeparam>
internal sealed class JobRunner<TBatch>
{
    private readonly JobContext _context;
    private readonly TrainingTask<TBatch> _task;
    private readonly DataOrder _order;
    private readonly long _maxSteps;
    private readonly AdamW _optimizer;
    private readonly Checkpoint _checkpoint;
    private readonly string _jobHash;
    private readonly LoopState _state;

    /// <summary>Puts the parts together; goes back to the checkpoint if there is one.</summary>
    /// <exception cref="TrainingException">The checkpoint is of another job.</exception>
    public JobRunner(JobContext context, TrainingTask<TBatch> task)
    {
        TrainingRecipe recipe = context.Recipe;
        (_context, _task) = (context, task);
        _order = new DataOrder(task.TrainingRows, recipe.PerDeviceTrainBatchSize, recipe.GradientAccumulationSteps, recipe.Seed);
        _maxSteps = recipe.MaxSteps > 0 ? recipe.MaxSteps : _order.StepsPerEpoch * recipe.NumTrainEpochs;
        _optimizer = new AdamW(
            task.Model.Parameters, new AdamWOptions(recipe.AdamBeta1, recipe.AdamBeta2, recipe.AdamEpsilon, recipe.WeightDecay));
        _checkpoint = new Checkpoint(task.Model.Parameters, task.Model.Adapter?.Generator);
        _jobHash = Hashes.Of(WorkerJson.Write(recipe with { Threads = 0 }), context.DataHash, context.Start.BaseVersion);

        // The reference is asked with the weights that training begins with, so before those of a checkpoint, and without dropout.
        task.Model.Network.eval();
        task.Prepare();
        _state = Restore();
    }

    /// <summary>Where the training is.</summary>
    public LoopState State => _state;

    /// <summary>Trains.</summary>
    /// <returns>One of <see cref="WorkerExit"/>.</returns>
    public int Run()
    {
        long started = Stopwatch.GetTimestamp();
        long first = _state.Step;
        _context.Emit(new WorkerPrepared
        {
            FirstStep = first + 1,
            MaxSteps = _maxSteps,
            TrainingRows = _task.TrainingRows,
            ValidationRows = _task.ValidationRows,
            DataHash = _context.DataHash,
            TrainableParameters = _task.Model.TrainableCount,
            Parameters = _task.Model.Count,
        });
        TrainingLoop<TBatch> loop = CreateLoop();
        if (!loop.Run(_context.Stop))
        {
            _context.Emit(new WorkerStopped(_state.Step));
            return WorkerExit.Stopped;
        }

        ImmutableSortedDictionary<string, double> after = loop.EvaluateAtEnd();
        _task.Model.Save(_context.Start.OutputFolder);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ImmutableSortedDictionary<string, double> metrics = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal)
            .Add("train_loss", _state.LossSum / Math.Max(1, _state.Step));
        _context.Emit(new WorkerCompleted
        {
            Step = _state.Step,
            EvaluationBefore = _state.EvaluationBefore,
            EvaluationAfter = after,
            Metrics = first < _state.Step
                ? metrics.Add("train_runtime", seconds).Add("train_steps_per_second", (_state.Step - first) / seconds)
                : metrics,
        });
        return WorkerExit.Completed;
    }

    private TrainingLoop<TBatch> CreateLoop()
    {
        TrainingRecipe recipe = _context.Recipe;
        long warmup = recipe.WarmupSteps > 0 ? recipe.WarmupSteps : (long)Math.Ceiling(_maxSteps * recipe.WarmupRatio);
        LearningRateSchedule schedule = new(recipe.LrSchedulerType, recipe.LearningRate, warmup, _maxSteps);
        Trainer<TBatch> trainer = new(_task.Objective, _task.Model.Parameters, _optimizer, schedule, recipe.MaxGradNorm);
        int[][] batches = [.. Enumerable.Range(0, _task.ValidationRows).Chunk(recipe.PerDeviceEvalBatchSize)];
        Evaluator<TBatch>? evaluator = batches.Length == 0
            ? null
            : new Evaluator<TBatch>(_task.Objective, batches.Length, number => _task.Validation(batches[number]));
        return new TrainingLoop<TBatch>(recipe, _order, _maxSteps, trainer, _task.Training, evaluator)
        {
            State = _state,
            Network = _task.Model.Network,
            Save = Save,
            Emit = _context.Emit,
        };
    }

    private LoopState Restore()
    {
        if (_context.Start.ResumeFrom is not { } path)
        {
            return new LoopState();
        }

        CheckpointState state = Checkpoint.ReadState(path);
        if (state.JobHash != _jobHash || state.ReferenceHash != _task.ReferenceHash)
        {
            throw new TrainingException(
                FailureCodes.InvalidRecipe, $"the checkpoint {Path.GetFileName(path)} is of another recipe, other data or another base, expected one of this job");
        }

        _checkpoint.Restore(path);
        _optimizer.Steps = state.Position.Step;
        if (state.Threads != _context.Recipe.Threads)
        {
            _context.Say(
                "warn", $"the checkpoint was made with {state.Threads} threads and now there are {_context.Recipe.Threads}: the last digits of results may differ");
        }

        return state.Position;
    }

    private void Save()
    {
        StoredCheckpoint stored = _checkpoint.Write(_context.Start.CheckpointFolder, new CheckpointState
        {
            Position = _state,
            Threads = _context.Recipe.Threads,
            JobHash = _jobHash,
            ReferenceHash = _task.ReferenceHash,
        });
        LocalCheckpointStore.PruneFolder(_context.Start.CheckpointFolder, _context.Recipe.SaveTotalLimit);
        _context.Emit(new WorkerCheckpoint { Step = stored.Step, Name = Path.GetFileName(stored.Path), Size = stored.Size });
    }
}
