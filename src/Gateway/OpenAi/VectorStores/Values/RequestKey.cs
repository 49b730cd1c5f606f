using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>The services' <c>request_id</c>: with the same one a repeated request does nothing twice.</summary>
internal static class RequestKey
{
    private const string Header = "Idempotency-Key";
    private const int HashBytes = 16;

    /// <summary>From the header <c>Idempotency-Key</c>; without one every request is its own.</summary>
    public static string Of(HttpContext http, string purpose) =>
        http.Request.Headers[Header] is [{ Length: > 0 } key] ? Hash(purpose, key) : Guid.NewGuid().ToString("N");

    /// <summary>The same parts give the same key.</summary>
    public static string Hash(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts!)))[..HashBytes]);
}
