using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.ServiceDefaults.Grpc;

/// <summary>What every gRPC server of the platform has.</summary>
internal static class GrpcServerExtensions
{
    public static void AddPlatformGrpc(this IServiceCollection services)
    {
        services.TryAddSingleton<ExceptionMapper>();
        services.TryAddSingleton<ExceptionMappingInterceptor>();
        services.AddGrpcReflection();
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = PlatformGrpc.MaxMessageBytes;
            options.MaxSendMessageSize = PlatformGrpc.MaxMessageBytes;
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<ExceptionMappingInterceptor>();
        });
    }
}
