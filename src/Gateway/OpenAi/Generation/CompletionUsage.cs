using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>What a completion cost, in tokens.</summary>
public sealed record CompletionUsage
{
    /// <summary>Tokens of the prompt, the chat template's included.</summary>
    [JsonPropertyName("prompt_tokens")]
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that were generated.</summary>
    [JsonPropertyName("completion_tokens")]
    public required int CompletionTokens { get; init; }

    /// <summary>The sum.</summary>
    [JsonPropertyName("total_tokens")]
    public int TotalTokens => PromptTokens + CompletionTokens;
}
