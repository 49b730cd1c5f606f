using System.Net.Http.Headers;
using LlmPlatform.ServiceDefaults.Identity;
using Yarp.ReverseProxy.Forwarder;

namespace LlmPlatform.Gateway.Forwarding;

/// <summary>Exchanges what the caller showed at the edge for the internal token of who that is.</summary>
internal sealed class CallerTokenTransformer(ICallerTokens tokens) : HttpTransformer
{
    // The key goes no further. The trace goes on from the gateway's span, not from the caller's.
    private static readonly string[] Dropped = ["authorization", "x-api-key", "cookie", "traceparent", "tracestate", "baggage"];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (string header in Dropped)
        {
            proxyRequest.Headers.Remove(header);
        }

        string token = tokens.GetToken() ?? throw new InvalidOperationException("a call was let in without a caller");
        proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
