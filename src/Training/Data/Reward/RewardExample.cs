namespace LlmPlatform.Training.Data;

/// <summary>Two answers, each with its prompt, for a model that scores them.</summary>
/// <param name="ChosenIds">Tokens of the prompt and the better answer.</param>
/// <param name="RejectedIds">Tokens of the prompt and the worse answer.</param>
/// <param name="Margin">By how much the better one is better; null: not said.</param>
public sealed record RewardExample(int[] ChosenIds, int[] RejectedIds, double? Margin = null);
