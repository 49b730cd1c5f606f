using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.ClientFactory;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Grpc;

/// <summary>gRPC clients of the platform's own services.</summary>
public static class PlatformClientExtensions
{
    private static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Registers a client whose address is found by service discovery (<c>services:NAME:grpc:0</c>). Calls carry the
    /// caller's internal token, the deadline and the cancellation of the call that they are made for.
    /// </summary>
    /// <typeparam name="TClient">A generated client.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="service">The service's name: models, tokenizer, embedding, generation.</param>
    /// <param name="idempotentMethods">
    /// Names of unary methods that may run twice: only these are tried again, and only after UNAVAILABLE.
    /// </param>
    /// <exception cref="ArgumentException">A method does not exist or is not unary.</exception>
    public static IHttpClientBuilder AddPlatformClient<TClient>(this IHostApplicationBuilder builder, string service, params string[] idempotentMethods)
        where TClient : ClientBase
    {
        ServiceConfig config = RetryConfig(typeof(TClient), idempotentMethods);
        return builder.Services
            .AddGrpcClient<TClient>(options => options.Address = new Uri($"http://_grpc.{service}"))
            .ConfigureChannel(options =>
            {
                options.ServiceConfig = config;
                options.MaxReceiveMessageSize = PlatformGrpc.MaxMessageBytes;
                options.MaxSendMessageSize = PlatformGrpc.MaxMessageBytes;
            })
            .ConfigurePrimaryHttpMessageHandler(CreateHandler)
            .AddInterceptor<CallerTokenInterceptor>(InterceptorScope.Client)
            .EnableCallContextPropagation(options => options.SuppressContextNotFoundErrors = true)
            .RemoveAllLoggers()
            .AddServiceDiscovery();
    }

    internal static SocketsHttpHandler CreateHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = KeepAlivePingDelay,
        KeepAlivePingTimeout = KeepAlivePingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
    };

    internal static ServiceConfig RetryConfig(Type client, IReadOnlyCollection<string> idempotentMethods)
    {
        ServiceConfig config = new();
        if (idempotentMethods.Count == 0)
        {
            return config;
        }

        // A generated client is nested in the class that also holds the service's descriptor.
        Google.Protobuf.Reflection.ServiceDescriptor service = client.DeclaringType?.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as Google.Protobuf.Reflection.ServiceDescriptor
            ?? throw new ArgumentException($"{client} is not a generated gRPC client", nameof(client));
        MethodConfig methods = new()
        {
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 4,
                InitialBackoff = TimeSpan.FromMilliseconds(100),
                MaxBackoff = TimeSpan.FromSeconds(1),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        foreach (string name in idempotentMethods)
        {
            MethodDescriptor method = service.FindMethodByName(name)
                ?? throw new ArgumentException($"{service.FullName} has no method {name}", nameof(idempotentMethods));
            if (method.IsClientStreaming || method.IsServerStreaming)
            {
                throw new ArgumentException($"{method.FullName} streams; only unary methods are tried again", nameof(idempotentMethods));
            }

            methods.Names.Add(new MethodName { Service = service.FullName, Method = name });
        }

        config.MethodConfigs.Add(methods);
        return config;
    }
}
