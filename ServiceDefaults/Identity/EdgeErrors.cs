using System.Globalization;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Refusals before a handler runs: in OpenAI's shape for HTTP, as a gRPC status for gRPC.</summary>
internal static class EdgeErrors
{
    // OpenAI's name for what a caller can mend, keys included.
    private const string InvalidRequest = "invalid_request_error";

    /// <summary>Writes <paramref name="error"/> as the whole answer.</summary>
    public static Task WriteAsync(HttpContext context, RpcException error, string code) =>
        IsGrpc(context.Request) ? WriteGrpcAsync(context, error) : WriteJsonAsync(context, error, code);

    /// <summary>Whether the request is a gRPC call.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    // Trailers-only: the status comes in the headers of an answer without a body.
    private static Task WriteGrpcAsync(HttpContext context, RpcException error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (Metadata.Entry entry in error.Trailers.Where(entry => entry.IsBinary))
        {
            response.Headers[entry.Key] = Convert.ToBase64String(entry.ValueBytes).TrimEnd('=');
        }

        return response.CompleteAsync();
    }

    private static Task WriteJsonAsync(HttpContext context, RpcException error, string code)
    {
        (int status, string type) = error.StatusCode switch
        {
            StatusCode.Unauthenticated => (StatusCodes.Status401Unauthorized, InvalidRequest),
            StatusCode.PermissionDenied => (StatusCodes.Status403Forbidden, InvalidRequest),
            _ => (StatusCodes.Status503ServiceUnavailable, "server_error"),
        };
        HttpResponse response = context.Response;
        response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.GetRetryDelay() is { } delay)
        {
            response.Headers[HeaderNames.RetryAfter] = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsJsonAsync(new { error = new { message = error.Status.Detail, type, param = (string?)null, code } });
    }
}
