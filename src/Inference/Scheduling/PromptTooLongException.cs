namespace LlmPlatform.Inference.Scheduling;

/// <summary>A prompt leaves no room for a new token.</summary>
/// <param name="promptTokens">Tokens of the prompt.</param>
/// <param name="contextLength">Tokens that prompt and text can have in all.</param>
#pragma warning disable CA1032 // It is only thrown with what it says.
public sealed class PromptTooLongException(int promptTokens, int contextLength)
    : ArgumentException($"the prompt has {promptTokens} tokens; prompt and answer together can have at most {contextLength}")
#pragma warning restore CA1032
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; } = promptTokens;

    /// <summary>Tokens that prompt and text can have in all.</summary>
    public int ContextLength { get; } = contextLength;
}
