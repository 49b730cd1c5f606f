using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Generation;

namespace LlmPlatform.Gateway.OpenAi.Completions;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
public sealed record CompletionRequest
{
    /// <summary>A model's name, <c>name@version</c> or <c>name@alias</c>; <c>/v1/models</c> lists them.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>The text to go on with: a string, an array with one string, or an array of token ids.</summary>
    [JsonPropertyName("prompt")]
    public required CompletionPrompt Prompt { get; init; }

    /// <summary>Sends the answer in parts, as server-sent events.</summary>
    [JsonPropertyName("stream")]
    public bool? Stream { get; init; }

    /// <summary>Only with <c>stream</c>.</summary>
    [JsonPropertyName("stream_options")]
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>0 to 2; 0 picks the most likely token. Default: the model's own, else 1.</summary>
    [JsonPropertyName("temperature")]
    public float? Temperature { get; init; }

    /// <summary>Above 0, up to 1: chooses among the most likely tokens that together have this probability.</summary>
    [JsonPropertyName("top_p")]
    public float? TopP { get; init; }

    /// <summary>Chooses among this many of the most likely tokens; 0: among all. Not part of OpenAI's API.</summary>
    [JsonPropertyName("top_k")]
    public int? TopK { get; init; }

    /// <summary>The same seed gives the same answer.</summary>
    [JsonPropertyName("seed")]
    public long? Seed { get; init; }

    /// <summary>One string or up to 4: the answer ends before the first that occurs.</summary>
    [JsonPropertyName("stop")]
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>New tokens at most. Default: 16, as in OpenAI's API.</summary>
    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get; init; }

    /// <summary>Answers to give: only 1.</summary>
    [JsonPropertyName("n")]
    public int? N { get; init; }

    /// <summary>Repeats the prompt: only false.</summary>
    [JsonPropertyName("echo")]
    public bool? Echo { get; init; }

    internal Sampling Sampling { get; init; } = new();
}

/// <summary>A prompt: a text or its token ids.</summary>
public sealed record CompletionPrompt
{
    internal string? Text { get; init; }

    internal IReadOnlyList<int>? TokenIds { get; init; }
}
