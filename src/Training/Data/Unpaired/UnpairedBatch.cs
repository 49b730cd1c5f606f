namespace LlmPlatform.Training.Data;

/// <summary>Single answers as a model takes them.</summary>
/// <param name="Ids">Prompts with their answers, [rows, length].</param>
/// <param name="CompletionMask">1 for tokens of the answer, the same shape.</param>
/// <param name="Kl">Prompts with answers to other prompts, [rows, length]; null: not needed.</param>
/// <param name="KlCompletionMask">1 for tokens of those answers, the same shape.</param>
/// <param name="Labels">Whether each answer is good.</param>
public sealed record UnpairedBatch(PaddedIds Ids, long[] CompletionMask, PaddedIds? Kl, long[]? KlCompletionMask, bool[] Labels);
