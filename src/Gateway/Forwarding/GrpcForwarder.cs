using System.Globalization;
using System.Net;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.ServiceDiscovery.Http;
using Yarp.ReverseProxy.Forwarder;

namespace LlmPlatform.Gateway.Forwarding;

/// <summary>Passes gRPC calls on to the service that holds them, both directions as they come.</summary>
internal sealed class GrpcForwarder : IDisposable
{
    private static readonly ForwarderRequestConfig RequestConfig = new()
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,

        // A stream may be silent for as long as a model thinks; a peer that is gone is noticed by HTTP/2's pings.
        ActivityTimeout = Timeout.InfiniteTimeSpan,
    };

    private readonly IHttpForwarder _forwarder;
    private readonly CallerTokenTransformer _transformer;
    private readonly HttpMessageInvoker _client;

    public GrpcForwarder(IHttpForwarder forwarder, ICallerTokens tokens, IServiceDiscoveryHttpMessageHandlerFactory discovery)
    {
        _forwarder = forwarder;
        _transformer = new CallerTokenTransformer(tokens);
        _client = new HttpMessageInvoker(discovery.CreateHandler(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        }));
    }

    public async Task ForwardAsync(HttpContext http, string destination)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        ForwarderError error = await _forwarder.SendAsync(http, $"http://_grpc.{destination}", _client, RequestConfig, _transformer);
        if (error != ForwarderError.None && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(http.Response, StatusCode.Unavailable, $"the service {destination} cannot be reached");
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A status without a message: in gRPC's terms "trailers only", which come as headers.</summary>
    private static Task AnswerAsync(HttpResponse response, StatusCode code, string message)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        return response.CompleteAsync();
    }
}
