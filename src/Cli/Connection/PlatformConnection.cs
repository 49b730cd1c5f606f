using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace LlmPlatform.Cli.Connection;

/// <summary>One gRPC channel to the platform, with the API key on every call.</summary>
internal sealed class PlatformConnection : IDisposable
{
    private readonly GrpcChannel _channel;

    public PlatformConnection(Uri server, string? apiKey)
    {
        Server = server;
        _channel = GrpcChannel.ForAddress(server);
        Invoker = string.IsNullOrEmpty(apiKey)
            ? _channel.CreateCallInvoker()
            : _channel.Intercept(metadata =>
            {
                metadata.Add("authorization", $"Bearer {apiKey}");
                return metadata;
            });
    }

    public Uri Server { get; }

    /// <summary>What generated clients are made from.</summary>
    public CallInvoker Invoker { get; }

    public void Dispose() => _channel.Dispose();
}
