using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Generation;

namespace LlmPlatform.Gateway.OpenAi.Chat;

/// <summary>One event of a streamed chat completion.</summary>
public record ChatCompletionChunk
{
    /// <summary>The same in every chunk; begins with <c>chatcmpl-</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>chat.completion.chunk</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "chat.completion.chunk";

    /// <summary>Unix time in seconds, the same in every chunk.</summary>
    [JsonPropertyName("created")]
    public required long Created { get; init; }

    /// <summary>The model that answers.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>Tells one version of the model's weights from another.</summary>
    [JsonPropertyName("system_fingerprint")]
    public string? SystemFingerprint { get; init; }

    /// <summary>One choice; none in the chunk that carries the usage.</summary>
    [JsonPropertyName("choices")]
    public required IReadOnlyList<ChatChunkChoice> Choices { get; init; }
}

/// <summary>A chunk where <c>stream_options.include_usage</c> is set: the usage is null in all but the last.</summary>
public sealed record ChatCompletionChunkWithUsage : ChatCompletionChunk
{
    /// <summary>What the whole request cost, in tokens.</summary>
    [JsonPropertyName("usage")]
    [JsonPropertyOrder(1)]
    public CompletionUsage? Usage { get; init; }
}

/// <summary>A part of one answer.</summary>
public sealed record ChatChunkChoice
{
    /// <summary>0.</summary>
    [JsonPropertyName("index")]
    public int Index => 0;

    /// <summary>What is new.</summary>
    [JsonPropertyName("delta")]
    public required ChatDelta Delta { get; init; }

    /// <summary>Always null: not supported yet.</summary>
    [JsonPropertyName("logprobs")]
    public object? Logprobs => null;

    /// <summary>Null until the last part.</summary>
    [JsonPropertyName("finish_reason")]
    public string? FinishReason { get; init; }
}

/// <summary>What a chunk adds to the message.</summary>
public sealed record ChatDelta
{
    /// <summary>In the first chunk only.</summary>
    [JsonPropertyName("role")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    /// <summary>More of the text.</summary>
    [JsonPropertyName("content")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}
