using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Hosting;

/// <summary>
/// What every service has, in four calls:
/// <code>
/// var builder = WebApplication.CreateBuilder(args);
/// builder.AddServiceDefaults("tokenizer");
/// builder.ListenOnPlatformPorts();
/// builder.AddTokenizer();
/// var app = builder.Build();
/// app.UseServiceDefaults();
/// app.MapDefaultEndpoints();
/// app.MapTokenizer();
/// app.Run();
/// </code>
/// </summary>
public static class ServiceDefaultsExtensions
{
    private static readonly TimeSpan KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Telemetry, health and drain, errors, internal identity, gRPC, service discovery and the data folder. Once a
    /// process, however many services it holds.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="serviceName">The process's name in telemetry (<c>service.name</c>) and below the data folder.</param>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public static T AddServiceDefaults<T>(this T builder, string serviceName)
        where T : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(ServiceIdentity)))
        {
            throw new InvalidOperationException("AddServiceDefaults was called twice, expected once a process");
        }

        builder.Services.AddSingleton(new ServiceIdentity(serviceName));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(provider => DataFolder.Open(provider.GetRequiredService<IConfiguration>()));
        builder.Services.AddServiceDiscovery();
        builder.Services.AddPlatformGrpc();
        LogLevels.AddTo(builder.Configuration);
        builder.AddPlatformTelemetry(serviceName);
        builder.AddPlatformHealth();
        builder.AddInternalIdentity();
        return builder;
    }

    /// <summary>
    /// Opens the data folder now instead of when it is first needed, so that a folder in use is said before anything
    /// else starts. The host closes it.
    /// </summary>
    /// <exception cref="DataFolderException">The folder cannot be used; the message is one line for people.</exception>
    public static DataFolder OpenDataFolder(this IHostApplicationBuilder builder)
    {
        DataFolder folder = DataFolder.Open(builder.Configuration);
        builder.Services.AddSingleton(_ => folder);
        builder.Services.AddHostedService<DataFolderHolder>();
        return folder;
    }

    /// <summary>
    /// Listens on <c>Platform:HttpPort</c> (HTTP/1.1: API, health) and <c>Platform:GrpcPort</c> (HTTP/2 without TLS),
    /// on <c>Platform:BindAddress</c>; ASPNETCORE_URLS is ignored.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A setting is wrong, or the address is beyond loopback and there is no configured signing key.
    /// </exception>
    public static PlatformPorts ListenOnPlatformPorts(this WebApplicationBuilder builder)
    {
        PlatformPorts ports = PlatformPorts.From(builder.Configuration);
        if (ports.BeyondLoopback && SigningKey.FromConfiguration(builder.Configuration) is null)
        {
            throw new InvalidOperationException($"{PlatformPorts.BindAddressKey} is {ports.BindAddress}, and beyond loopback {SigningKey.ConfigurationKey} must be set");
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(ports));
        return ports;
    }

    /// <summary>Adds the two listeners of <paramref name="ports"/> and sets HTTP/2's keep-alive.</summary>
    public static void ListenOn(this KestrelServerOptions kestrel, PlatformPorts ports)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlivePingDelay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAlivePingTimeout;
        kestrel.Listen(ports.BindAddress, ports.HttpPort, listener => listener.Protocols = HttpProtocols.Http1);
        kestrel.Listen(ports.BindAddress, ports.GrpcPort, listener => listener.Protocols = HttpProtocols.Http2);
    }

    /// <summary>The pipeline before the endpoints: drain, authentication, authorization, no limits on the length of gRPC streams.</summary>
    public static IApplicationBuilder UseServiceDefaults(this IApplicationBuilder app) =>
        app.UseMiddleware<DrainMiddleware>().UseAuthentication().UseAuthorization().UseMiddleware<GrpcStreamLimits>();

    /// <summary><c>/alive</c>, <c>/health</c>, gRPC health and reflection, all of them without authentication.</summary>
    public static void MapDefaultEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPlatformHealth();
        endpoints.MapGrpcReflectionService().AllowAnonymous();
    }
}
