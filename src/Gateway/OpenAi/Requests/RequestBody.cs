using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace LlmPlatform.Gateway.OpenAi.Requests;

/// <summary>Reads the JSON body of a request, no more of it than the endpoint allows.</summary>
internal static class RequestBody
{
    /// <summary>
    /// What one gRPC message can carry (4 MiB, less its frame): JSON is never shorter than the same content as protobuf.
    /// </summary>
    public const long OneMessage = (4 << 20) - 4096;

    /// <exception cref="OpenAiException">The body is no JSON object.</exception>
    /// <exception cref="BadHttpRequestException">It is longer than <paramref name="maximumBytes"/>, or ends too early.</exception>
    public static async Task<RequestFields> ReadJsonAsync(HttpContext http, long maximumBytes, CancellationToken cancellation)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw InvalidRequest.Create(
                $"Unsupported content type: '{SafeValue.Cut(http.Request.ContentType)}'. Expected 'application/json'.",
                null,
                "unsupported_content_type",
                StatusCodes.Status415UnsupportedMediaType);
        }

        Limit(http, maximumBytes);
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: cancellation);
            return new RequestFields(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            // The exception's own message quotes the body, which may be a prompt.
            throw InvalidRequest.Create(
                $"We could not parse the JSON body of your request: it is not valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.",
                null,
                "invalid_json",
                inner: exception);
        }
    }

    /// <summary>Replaces the server's limit for this request.</summary>
    /// <exception cref="OpenAiException">The request says beforehand that it is larger.</exception>
    public static void Limit(HttpContext http, long maximumBytes)
    {
        if (http.Request.ContentLength > maximumBytes)
        {
            // Said before anything is read, the server can still take in the rest, and the caller hears why.
            throw InvalidRequest.Create(
                $"The body of the request has {http.Request.ContentLength} bytes. Expected at most {maximumBytes}.",
                null,
                "request_too_large",
                StatusCodes.Status413PayloadTooLarge);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = maximumBytes;
        }
    }
}
