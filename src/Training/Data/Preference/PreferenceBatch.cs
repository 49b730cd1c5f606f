namespace LlmPlatform.Training.Data;

/// <summary>Pairs as a model takes them: first every prompt with its better answer, then every prompt with its worse one.</summary>
/// <param name="Pairs">How many; there are twice as many rows.</param>
/// <param name="Length">Tokens of a row, padding included.</param>
/// <param name="InputIds">Tokens, [2 * <paramref name="Pairs"/>, <paramref name="Length"/>].</param>
/// <param name="AttentionMask">1 for tokens, 0 for padding, the same shape.</param>
/// <param name="CompletionMask">1 for tokens of the answer, the same shape.</param>
public sealed record PreferenceBatch(int Pairs, int Length, long[] InputIds, long[] AttentionMask, long[] CompletionMask);
