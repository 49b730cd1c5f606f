namespace LlmPlatform.Training.Data;

/// <summary>A prompt with two answers; each pair prompt + answer is one sequence.</summary>
/// <param name="PromptIds">Tokens that both sequences begin with.</param>
/// <param name="ChosenIds">The better answer.</param>
/// <param name="RejectedIds">The worse answer.</param>
public sealed record PreferenceExample(int[] PromptIds, int[] ChosenIds, int[] RejectedIds);
