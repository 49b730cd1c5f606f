using LlmPlatform.ServiceDefaults.Grpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>Registration of a <see cref="ModelPool{T}"/>.</summary>
public static class ModelPoolExtensions
{
    /// <summary>Registers a pool over <typeparamref name="TLoader"/>, with the memory limit of <paramref name="section"/>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="section">The service's configuration section; its <c>MaxModelBytes</c> is the limit.</param>
    /// <param name="share">The limit where the section says none: a share of this process's memory.</param>
    public static IHostApplicationBuilder AddModelPool<T, TLoader>(this IHostApplicationBuilder builder, string section, double share)
        where T : class, IAsyncDisposable
        where TLoader : class, IModelLoader<T>
    {
        if (!builder.Services.Any(service => service.ServiceType == typeof(ModelsClient)))
        {
            builder.AddPlatformClient<ModelsClient>("models", nameof(ModelsClient.Get), nameof(ModelsClient.List));
        }

        ModelPoolOptions options = ModelPoolOptions.From(builder.Configuration.GetSection(section), share);
        builder.Services.TryAddSingleton<IModelLoader<T>, TLoader>();
        builder.Services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<ModelPool<T>>(provider, options));
        return builder;
    }
}
