using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>What every failed request answers, in OpenAI's shape.</summary>
public sealed record ErrorResponse
{
    /// <summary>The error.</summary>
    [JsonPropertyName("error")]
    public required ErrorDetail Error { get; init; }
}

/// <summary>One error.</summary>
public sealed record ErrorDetail
{
    /// <summary>For people: names the parameter, its value and what was expected.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary><c>invalid_request_error</c>, <c>requests</c> (too many) or <c>server_error</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The parameter that is wrong, for example <c>messages[0].role</c>.</summary>
    [JsonPropertyName("param")]
    public string? Param { get; init; }

    /// <summary>For programs, for example <c>model_not_found</c>.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }
}
