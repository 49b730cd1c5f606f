using System.Globalization;
using System.Text.Json;
using Grpc.Core;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>
/// Gives every answer under <c>/v1</c> an <c>x-request-id</c>, and every failure OpenAI's shape: exceptions of the
/// endpoints, and what routing, authentication and the server refuse with a bare status code.
/// </summary>
internal sealed class OpenAiErrorMiddleware(RequestDelegate next, ILogger<OpenAiErrorMiddleware> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/v1"))
        {
            await next(http);
            return;
        }

        http.Response.Headers[RequestId.Header] = RequestId.Of(http);
        try
        {
            await next(http);
            if (!http.Response.HasStarted && BareStatus.Describe(http) is { } error)
            {
                await WriteAsync(http, error);
            }
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested && IsCancellation(exception))
        {
            // Nobody reads it, but logs and traces tell it. Amid a stream, the status has been sent.
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = ClientClosedRequest;
            }
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            OpenAiException error = Translate(exception);
            Log(http, error);
            await WriteAsync(http, error);
        }
    }

    /// <summary>The error that a caller sees for an exception.</summary>
    public static OpenAiException Translate(Exception exception) => exception switch
    {
        OpenAiException error => error,
        RpcException error => error.ToOpenAi(),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } error =>
            InvalidRequest.Create("The body of the request is larger than this endpoint allows.", null, "request_too_large", error.StatusCode, error),
        BadHttpRequestException error => InvalidRequest.Create($"The request is malformed: {error.Message}", null, null, error.StatusCode, error),
        _ => RpcErrorTranslation.Unexpected(exception),
    };

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } or BadHttpRequestException or IOException;

    private void Log(HttpContext http, OpenAiException error)
    {
        if (error.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            logger.LogError(error.InnerException ?? error, "{Method} {Path} failed with {StatusCode}", http.Request.Method, http.Request.Path, error.StatusCode);
        }
    }

    private static async Task WriteAsync(HttpContext http, OpenAiException error)
    {
        HttpResponse response = http.Response;
        response.StatusCode = error.StatusCode;
        if (error.RetryAfter is { } delay)
        {
            double seconds = Math.Max(1, Math.Ceiling(delay.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString("F0", CultureInfo.InvariantCulture);
        }

        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(
            response.Body, new ErrorResponse { Error = error.Error }, OpenAiJson.Default.ErrorResponse, http.RequestAborted);
    }
}
