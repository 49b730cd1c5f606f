using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Embedding.V1;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>The body of <c>POST /v1/embeddings</c>.</summary>
public sealed record CreateEmbeddingRequest
{
    /// <summary>A model's name, <c>name@version</c> or <c>name@alias</c>; <c>/v1/models</c> lists them.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>What to embed: a string, an array of up to 2,048 strings, an array of token ids, or an array of such arrays.</summary>
    [JsonPropertyName("input")]
    public required EmbeddingInputs Input { get; init; }

    /// <summary><c>float</c> (default) or <c>base64</c>: little-endian float32.</summary>
    [JsonPropertyName("encoding_format")]
    public string? EncodingFormat { get; init; }

    /// <summary>Keeps this many dimensions of each vector.</summary>
    [JsonPropertyName("dimensions")]
    public int? Dimensions { get; init; }

    /// <summary>
    /// What the texts are, for models with a prompt for each: <c>query</c>, <c>document</c> or <c>none</c>. Default: the
    /// model's default prompt. Not part of OpenAI's API.
    /// </summary>
    [JsonPropertyName("input_type")]
    public string? InputType { get; init; }
}

/// <summary>What to embed.</summary>
public sealed record EmbeddingInputs
{
    internal IReadOnlyList<EmbedInput> Items { get; init; } = [];
}
