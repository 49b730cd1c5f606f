using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Generation;

namespace LlmPlatform.Gateway.OpenAi.Chat;

/// <summary>The answer to a chat completion that is not streamed.</summary>
public sealed record ChatCompletion
{
    /// <summary>Begins with <c>chatcmpl-</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>chat.completion</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "chat.completion";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created")]
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>One choice.</summary>
    [JsonPropertyName("choices")]
    public required IReadOnlyList<ChatChoice> Choices { get; init; }

    /// <summary>What it cost, in tokens.</summary>
    [JsonPropertyName("usage")]
    public required CompletionUsage? Usage { get; init; }

    /// <summary>Tells one version of the model's weights from another.</summary>
    [JsonPropertyName("system_fingerprint")]
    public string? SystemFingerprint { get; init; }
}

/// <summary>One answer.</summary>
public sealed record ChatChoice
{
    /// <summary>0.</summary>
    [JsonPropertyName("index")]
    public int Index => 0;

    /// <summary>The message.</summary>
    [JsonPropertyName("message")]
    public required AssistantMessage Message { get; init; }

    /// <summary>Always null: not supported yet.</summary>
    [JsonPropertyName("logprobs")]
    public object? Logprobs => null;

    /// <summary><c>stop</c>: the model or a stop string ended it; <c>length</c>: the token limit did.</summary>
    [JsonPropertyName("finish_reason")]
    public required string FinishReason { get; init; }
}

/// <summary>What the model says.</summary>
public sealed record AssistantMessage
{
    /// <summary><c>assistant</c>.</summary>
    [JsonPropertyName("role")]
    public string Role => "assistant";

    /// <summary>The text.</summary>
    [JsonPropertyName("content")]
    public required string Content { get; init; }

    /// <summary>Always null.</summary>
    [JsonPropertyName("refusal")]
    public string? Refusal => null;
}
