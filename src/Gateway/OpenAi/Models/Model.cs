using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Models;

/// <summary>A model that requests can name.</summary>
public sealed record Model
{
    /// <summary>What a request's <c>model</c> says.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>model</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "model";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created")]
    public required long Created { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    [JsonPropertyName("owned_by")]
    public required string OwnedBy { get; init; }

    /// <summary>
    /// What it is for, in Hugging Face's words: <c>text-generation</c>, <c>sentence-similarity</c> or
    /// <c>feature-extraction</c>. Not part of OpenAI's API.
    /// </summary>
    [JsonPropertyName("task")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Task { get; init; }
}

/// <summary>All models the caller may use.</summary>
public sealed record ModelList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The models.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<Model> Data { get; init; }
}
