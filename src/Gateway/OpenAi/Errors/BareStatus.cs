using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>The error for an answer that has a status code of failure and no body.</summary>
internal static class BareStatus
{
    public static OpenAiException? Describe(HttpContext http)
    {
        HttpResponse response = http.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.ContentLength > 0 || response.ContentType is not null)
        {
            return null;
        }

        string address = $"{http.Request.Method} {SafeValue.Cut(http.Request.Path.Value)}";
        (string message, string? code) = response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => ("A valid API key is needed: send it as 'Authorization: Bearer KEY'.", "invalid_api_key"),
            StatusCodes.Status403Forbidden => ("This API key may not do that.", "permission_denied"),
            StatusCodes.Status404NotFound => ($"Unknown request URL: {address}.", "unknown_url"),
            StatusCodes.Status405MethodNotAllowed => ($"Method not allowed: {address}. Expected {response.Headers.Allow}.", "method_not_allowed"),
            _ => ($"The request was refused with status {response.StatusCode}.", (string?)null),
        };
        return response.StatusCode >= StatusCodes.Status500InternalServerError
            ? new OpenAiException(response.StatusCode, new ErrorDetail { Message = message, Type = "server_error", Code = code })
            : InvalidRequest.Create(message, null, code, response.StatusCode);
    }
}
