using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>Registration of the model cache.</summary>
public static class ModelCacheExtensions
{
    /// <summary>
    /// Registers <see cref="IModelCache"/> over ModelService; one a process, shared by the services in it, in
    /// <c>DATA_FOLDER/SERVICE/cache</c> where SERVICE is the process's name.
    /// </summary>
    public static IHostApplicationBuilder AddModelCache(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IModelCache)))
        {
            return builder;
        }

        builder.AddPlatformClient<ModelsClient>("models", nameof(ModelsClient.Get), nameof(ModelsClient.List));
        builder.Services.AddOptions<ModelCacheOptions>().BindConfiguration(ModelCacheOptions.ConfigurationKey)
            .Validate(
                options => options is { MaxBytes: > 0, MaxAttempts: > 0 } && options.RetryDelay >= TimeSpan.Zero,
                $"{ModelCacheOptions.ConfigurationKey}: MaxBytes and MaxAttempts must be above 0, RetryDelay not below");
        builder.Services.TryAddSingleton<IModelCache, ModelCache>();
        return builder;
    }
}
