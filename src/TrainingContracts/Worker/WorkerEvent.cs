using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LlmPlatform.TrainingContracts.Worker;

/// <summary>A line that the child writes to its standard output, as JSON. What it logs goes to standard error.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WorkerPrepared), "prepared")]
[JsonDerivedType(typeof(WorkerMetrics), "metrics")]
[JsonDerivedType(typeof(WorkerCheckpoint), "checkpoint")]
[JsonDerivedType(typeof(WorkerMessage), "message")]
[JsonDerivedType(typeof(WorkerCompleted), "completed")]
[JsonDerivedType(typeof(WorkerStopped), "stopped")]
[JsonDerivedType(typeof(WorkerFailed), "failed")]
public abstract record WorkerEvent;

/// <summary>Model and data are read; training begins.</summary>
public sealed record WorkerPrepared : WorkerEvent
{
    /// <summary>The first step to run: 1, or the checkpoint's step plus one.</summary>
    public required long FirstStep { get; init; }

    /// <summary>Optimizer steps in all.</summary>
    public required long MaxSteps { get; init; }

    /// <summary>Rows of training data.</summary>
    public required long TrainingRows { get; init; }

    /// <summary>Rows of held-out data.</summary>
    public required long ValidationRows { get; init; }

    /// <summary>SHA-256 over the training files' hashes.</summary>
    public required string DataHash { get; init; }

    /// <summary>Weights that are trained, and all weights.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>All weights.</summary>
    public required long Parameters { get; init; }
}

/// <summary>Values of a step in TRL's names; those of an evaluation begin with <c>eval_</c>.</summary>
public sealed record WorkerMetrics : WorkerEvent
{
    /// <summary>The step just done; 0 for the evaluation before training.</summary>
    public required long Step { get; init; }

    /// <summary>Passes over the data so far.</summary>
    public required double Epoch { get; init; }

    /// <summary>Tokens trained on so far.</summary>
    public long NumTokens { get; init; }

    /// <summary>Finite values only.</summary>
    public required ImmutableSortedDictionary<string, double> Values { get; init; }
}

/// <summary>A checkpoint is whole and in its place.</summary>
public sealed record WorkerCheckpoint : WorkerEvent
{
    /// <summary>The last step it holds.</summary>
    public required long Step { get; init; }

    /// <summary>Its folder's name below the checkpoint folder of this claim.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }
}

/// <summary>Something a person may want to read.</summary>
/// <param name="Level">info, warn or error.</param>
/// <param name="Text">One sentence.</param>
public sealed record WorkerMessage(string Level, string Text) : WorkerEvent;

/// <summary>The result lies in the output folder.</summary>
public sealed record WorkerCompleted : WorkerEvent
{
    /// <summary>The last step.</summary>
    public required long Step { get; init; }

    /// <summary>Metrics of the held-out data before training; empty without held-out data.</summary>
    public required ImmutableSortedDictionary<string, double> EvaluationBefore { get; init; }

    /// <summary>Metrics of the held-out data after training.</summary>
    public required ImmutableSortedDictionary<string, double> EvaluationAfter { get; init; }

    /// <summary>Means over the training, such as <c>train_loss</c>.</summary>
    public required ImmutableSortedDictionary<string, double> Metrics { get; init; }
}

/// <summary>It stopped as told.</summary>
/// <param name="Step">The last step done, which the newest checkpoint holds.</param>
public sealed record WorkerStopped(long Step) : WorkerEvent;

/// <summary>It failed.</summary>
public sealed record WorkerFailed : WorkerEvent
{
    /// <summary>invalid_data, invalid_recipe, nan_loss, out_of_memory, disk_full or internal.</summary>
    public required string Code { get; init; }

    /// <summary>What happened and what was expected.</summary>
    public required string Message { get; init; }

    /// <summary>The step it happened in; null before the first.</summary>
    public long? Step { get; init; }

    /// <summary>Bad lines: the first hundred.</summary>
    public ImmutableArray<WorkerDataError> DataErrors { get; init; } = [];
}

/// <summary>A bad line of data.</summary>
/// <param name="FileId">The file's id.</param>
/// <param name="Line">From 1.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public sealed record WorkerDataError(string FileId, long Line, string Message);
