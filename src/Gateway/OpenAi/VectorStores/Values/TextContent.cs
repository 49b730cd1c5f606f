using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>A piece of text.</summary>
public sealed record TextContent
{
    /// <summary><c>text</c>.</summary>
    [JsonPropertyName("type")]
    public string Type => "text";

    /// <summary>The text.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }
}
