using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Generation;

namespace LlmPlatform.Gateway.OpenAi.Completions;

/// <summary>The answer to a text completion that is not streamed.</summary>
public sealed record Completion
{
    /// <summary>Begins with <c>cmpl-</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>text_completion</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "text_completion";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created")]
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>One choice.</summary>
    [JsonPropertyName("choices")]
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>What it cost, in tokens.</summary>
    [JsonPropertyName("usage")]
    public required CompletionUsage? Usage { get; init; }

    /// <summary>Tells one version of the model's weights from another.</summary>
    [JsonPropertyName("system_fingerprint")]
    public string? SystemFingerprint { get; init; }
}

/// <summary>One event of a streamed text completion.</summary>
public record CompletionChunk
{
    /// <summary>The same in every chunk; begins with <c>cmpl-</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>text_completion</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "text_completion";

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
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }
}

/// <summary>A chunk where <c>stream_options.include_usage</c> is set: the usage is null in all but the last.</summary>
public sealed record CompletionChunkWithUsage : CompletionChunk
{
    /// <summary>What the whole request cost, in tokens.</summary>
    [JsonPropertyName("usage")]
    [JsonPropertyOrder(1)]
    public CompletionUsage? Usage { get; init; }
}

/// <summary>One answer, or a part of it.</summary>
public sealed record CompletionChoice
{
    /// <summary>The text.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>0.</summary>
    [JsonPropertyName("index")]
    public int Index => 0;

    /// <summary>Always null: not supported yet.</summary>
    [JsonPropertyName("logprobs")]
    public object? Logprobs => null;

    /// <summary><c>stop</c> or <c>length</c>; null until the last part.</summary>
    [JsonPropertyName("finish_reason")]
    public string? FinishReason { get; init; }
}
