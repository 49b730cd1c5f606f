using System.Diagnostics;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>The id that a caller can hand to whoever runs the platform: that of the request's trace.</summary>
internal static class RequestId
{
    public const string Header = "x-request-id";

    public static string Of(HttpContext http) =>
        $"req_{Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier}";
}
