using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace LlmPlatform.ServiceDefaults.Grpc;

/// <summary>
/// Lifts the web server's limits on a body's length and pace for gRPC: each message of a stream is bounded, the stream
/// is not, and it may be silent. gRPC handlers do the same by themselves; a forwarder does not.
/// </summary>
internal sealed class GrpcStreamLimits(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (EdgeErrors.IsGrpc(context.Request))
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null;
            }

            if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
            {
                pace.MinDataRate = null;
            }
        }

        return next(context);
    }
}
