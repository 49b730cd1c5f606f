using LlmPlatform.ServiceDefaults.Identity;
using Yarp.ReverseProxy.Forwarder;

namespace LlmPlatform.Gateway.Forwarding;

/// <summary>The gateway's gRPC port.</summary>
internal static class ForwardingEndpoints
{
    public static void AddForwarding(this IServiceCollection services) => services
        .AddHttpForwarder()
        .AddSingleton<GrpcForwarder>()
        .AddSingleton<PublicReflection>()
        .AddSingleton<PublicReflectionV1>();

    public static void MapForwarding(this IEndpointRouteBuilder endpoints)
    {
        GrpcForwarder forwarder = endpoints.ServiceProvider.GetRequiredService<GrpcForwarder>();
        foreach (PublicService service in PublicServices.All)
        {
            endpoints.MapPost($"/{service.Descriptor.FullName}/{{method}}", (RequestDelegate)(http => forwarder.ForwardAsync(http, service.Destination)))
                .RequireAuthorization(Policies.Edge)
                .WithDisplayName($"gRPC {service.Descriptor.FullName} -> {service.Destination}")
                .ExcludeFromDescription();
        }

        // Before the reflection that every service has: that one would tell of internal services where all share a process.
        endpoints.MapGrpcService<PublicReflection>().AllowAnonymous().WithOrder(-1);
        endpoints.MapGrpcService<PublicReflectionV1>().AllowAnonymous().WithOrder(-1);
    }
}
