namespace LlmPlatform.Training.Data;

/// <summary>A row of supervised fine-tuning.</summary>
/// <param name="InputIds">Tokens.</param>
/// <param name="Labels">As long as <paramref name="InputIds"/>: the same ids, <see cref="Ignored"/> where nothing is learnt.</param>
/// <param name="SequenceLengths">For a packed row: the lengths of its sequences, in order; null: one sequence.</param>
public sealed record SftExample(int[] InputIds, int[] Labels, int[]? SequenceLengths = null)
{
    /// <summary>The label of a token that is not in the loss.</summary>
    public const int Ignored = -100;
}
