using System.Collections.Immutable;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.TrainingContracts.Worker;

/// <summary>
/// The first line that a child process reads from its standard input, as JSON. The pipe stays open as long as the parent
/// lives: when it closes, the child ends itself.
/// </summary>
public sealed record WorkerStart
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>What to train.</summary>
    public required TrainingRecipe Recipe { get; init; }

    /// <summary>The base's folder in Hugging Face's layout, read only.</summary>
    public required string BaseFolder { get; init; }

    /// <summary>The base's <c>name@version</c>.</summary>
    public required string BaseVersion { get; init; }

    /// <summary>An adapter over the base that training goes on from, in PEFT's layout; null: none.</summary>
    public string? BaseAdapterFolder { get; init; }

    /// <summary>For distillation: the teacher's folder.</summary>
    public string? TeacherFolder { get; init; }

    /// <summary>Training data.</summary>
    public required ImmutableArray<WorkerFile> TrainingFiles { get; init; }

    /// <summary>Held-out data; may be empty.</summary>
    public ImmutableArray<WorkerFile> ValidationFiles { get; init; } = [];

    /// <summary>Where this claim of the job writes its checkpoints: <c>{store}/{job}/{epoch}</c>.</summary>
    public required string CheckpointFolder { get; init; }

    /// <summary>The checkpoint to go on from; null: from the start.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Where the result is written: made by the child, in Hugging Face's or PEFT's layout.</summary>
    public required string OutputFolder { get; init; }
}

/// <summary>A file of data that lies on this machine.</summary>
/// <param name="Id">The file's id, which errors name.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record WorkerFile(string Id, string Path, string Sha256);
