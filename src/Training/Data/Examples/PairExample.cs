namespace LlmPlatform.Training.Data;

/// <summary>Texts that belong together, and texts that do not.</summary>
/// <param name="Anchor">Tokens of the first text.</param>
/// <param name="Positive">Tokens of the text that belongs to it.</param>
/// <param name="Negatives">Texts that do not, as many in every example; may be none.</param>
public sealed record PairExample(int[] Anchor, int[] Positive, int[][] Negatives);
