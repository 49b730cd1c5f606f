namespace LlmPlatform.Inference.Scheduling;

/// <summary>What has become certain since the last chunk.</summary>
/// <param name="Text">Whole characters; no part of a stop string. May be empty in the last chunk.</param>
/// <param name="TokenIds">The tokens since the last chunk: those of the text, and in the last chunk also the one that ended it.</param>
/// <param name="LogProbabilities">Natural logarithms, one for each token, if they were asked for; else empty.</param>
/// <param name="FinishReason">In the last chunk why it is the last; else null.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated so far.</param>
public sealed record GenerationChunk(
    string Text,
    IReadOnlyList<int> TokenIds,
    IReadOnlyList<float> LogProbabilities,
    FinishReason? FinishReason,
    int PromptTokens,
    int CompletionTokens);

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>An end token or a stop string.</summary>
    Stop,

    /// <summary>As many tokens as were asked for, or as the context has room for.</summary>
    Length,
}
