using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>Registration of <see cref="ExceptionMapping"/>s.</summary>
public static class ExceptionMappingExtensions
{
    /// <summary>
    /// Every gRPC service of this process answers <paramref name="map"/>'s error when <typeparamref name="T"/> leaves a
    /// handler. The last mapping registered for a type wins; the most derived type wins over its base.
    /// </summary>
    public static IServiceCollection MapException<T>(this IServiceCollection services, Func<T, RpcException> map)
        where T : Exception
    {
        services.AddSingleton(new ExceptionMapping(typeof(T), exception => map((T)exception)));
        return services;
    }
}
