using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>The answer to an embedding request.</summary>
public sealed record CreateEmbeddingResponse
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>One vector an input, in the order of the inputs.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<EmbeddingItem> Data { get; init; }

    /// <summary>The model that answered.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>What it cost, in tokens.</summary>
    [JsonPropertyName("usage")]
    public required EmbeddingUsage Usage { get; init; }
}

/// <summary>One vector.</summary>
public sealed record EmbeddingItem
{
    /// <summary><c>embedding</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "embedding";

    /// <summary>The place of its input.</summary>
    [JsonPropertyName("index")]
    public required int Index { get; init; }

    /// <summary>An array of numbers, or a string in base64: little-endian float32.</summary>
    [JsonPropertyName("embedding")]
    public required EmbeddingValues Embedding { get; init; }
}

/// <summary>What an embedding request cost.</summary>
public sealed record EmbeddingUsage
{
    /// <summary>Tokens of all inputs.</summary>
    [JsonPropertyName("prompt_tokens")]
    public required long PromptTokens { get; init; }

    /// <summary>The same.</summary>
    [JsonPropertyName("total_tokens")]
    public long TotalTokens => PromptTokens;
}
