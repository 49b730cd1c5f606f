namespace LlmPlatform.Training.Data;

/// <summary>A prompt with one answer that is good or not (KTO, https://arxiv.org/abs/2402.01306).</summary>
/// <param name="PromptIds">Tokens of the prompt.</param>
/// <param name="CompletionIds">Tokens of the answer.</param>
/// <param name="Label">Whether the answer is good.</param>
/// <param name="KlCompletionIds">An answer to another prompt, by which the distance to the reference is measured; null: not needed.</param>
public sealed record UnpairedExample(int[] PromptIds, int[] CompletionIds, bool Label, int[]? KlCompletionIds = null);
