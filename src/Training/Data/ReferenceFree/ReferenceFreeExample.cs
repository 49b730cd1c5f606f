namespace LlmPlatform.Training.Data;

/// <summary>
/// A prompt with two answers for methods without a reference model (CPO, https://arxiv.org/abs/2401.08417; ORPO,
/// https://arxiv.org/abs/2403.07691).
/// </summary>
/// <param name="PromptIds">The prompt alone.</param>
/// <param name="Chosen">Prompt and better answer; the prompt's labels are not in the loss.</param>
/// <param name="Rejected">Prompt and worse answer.</param>
public sealed record ReferenceFreeExample(int[] PromptIds, SftExample Chosen, SftExample Rejected);
