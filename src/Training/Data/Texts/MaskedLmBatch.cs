namespace LlmPlatform.Training.Data;

/// <summary>Texts with hidden tokens.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Length">Tokens of a row, padding included.</param>
/// <param name="InputIds">Tokens, some hidden, [<paramref name="Rows"/>, <paramref name="Length"/>].</param>
/// <param name="AttentionMask">1 for tokens, 0 for padding, the same shape.</param>
/// <param name="TokenTypeIds">Segments, the same shape; null: all 0.</param>
/// <param name="Labels">What the chosen tokens were, -100 elsewhere, the same shape.</param>
public sealed record MaskedLmBatch(int Rows, int Length, long[] InputIds, long[] AttentionMask, long[]? TokenTypeIds, long[] Labels);
