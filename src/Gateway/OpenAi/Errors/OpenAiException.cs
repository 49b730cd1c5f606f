namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>Ends a request with an error of OpenAI's shape.</summary>
internal sealed class OpenAiException(int statusCode, ErrorDetail error, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(error.Message, inner)
{
    public int StatusCode { get; } = statusCode;

    public ErrorDetail Error { get; } = error;

    /// <summary>When a retry makes sense; sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
