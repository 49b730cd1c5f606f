using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>
/// Which requests may come without a key, as far as the request itself tells: from this machine, meant for this
/// machine, and from no page of another site. A Host that is not local is DNS rebinding; a foreign Origin is a web page;
/// a forwarding header is a proxy that speaks for somebody else.
/// </summary>
internal static class KeylessRules
{
    private static readonly string[] ForwardingHeaders = ["Forwarded", HeaderNames.Via];
    private const string ForwardedPrefix = "X-Forwarded-";

    /// <summary>Why the request needs a key, or null when it may come without one.</summary>
    public static string? WhyKeyIsNeeded(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(Unmapped(remote)))
        {
            return "the call comes from another machine";
        }

        if (!request.Host.HasValue || !IsLocal(request.Host.Host))
        {
            return "the Host header is not local";
        }

        if (request.Headers.Keys.Any(IsForwarding))
        {
            return "the call came through a proxy";
        }

        return request.Headers.Origin.Any(origin => !IsLocalOrigin(origin)) ? "the call comes from a page of another site" : null;
    }

    private static bool IsForwarding(string header) =>
        ForwardingHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || header.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase);

    // "null" is the origin of sandboxed frames and local files: no local one.
    private static bool IsLocalOrigin(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && IsLocal(uri.Host);

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]";

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
