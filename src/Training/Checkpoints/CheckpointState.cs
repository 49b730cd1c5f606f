using LlmPlatform.Training.Loop;

namespace LlmPlatform.Training.Checkpoints;

/// <summary>What a checkpoint holds beside tensors.</summary>
internal sealed record CheckpointState
{
    /// <summary>The position: the order of the data and the learning rate follow from its step.</summary>
    public required LoopState Position { get; init; }

    /// <summary>Threads of an operation: with others the last bits differ.</summary>
    public required int Threads { get; init; }

    /// <summary>Hash of recipe, data and base: another job's checkpoint is refused.</summary>
    public required string JobHash { get; init; }

    /// <summary>Hash of what a reference or teacher said of the data; null where none is needed.</summary>
    public required string? ReferenceHash { get; init; }
}
