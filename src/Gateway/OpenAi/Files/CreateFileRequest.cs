using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Files;

/// <summary>The form of <c>POST /v1/files</c> (multipart/form-data).</summary>
public sealed record CreateFileRequest
{
    /// <summary>What the file is for: <c>assistants</c>, <c>batch</c>, <c>fine-tune</c>, <c>user_data</c> or <c>evals</c>.</summary>
    [JsonPropertyName("purpose")]
    public required string Purpose { get; init; }

    /// <summary>The file itself. Put it after <c>purpose</c>: then it goes to its place without a stop on the way.</summary>
    [JsonPropertyName("file")]
    public required IFormFile File { get; init; }
}
