using LlmPlatform.GenerationService.Loading;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.ServiceDefaults.Models;

namespace LlmPlatform.GenerationService;

/// <summary>The generation service as a part of a process.</summary>
public static class GenerationModule
{
    private const double MemoryShare = 0.6;

    private static readonly string[] ReadyTags = [HealthExtensions.ReadyTag];

    /// <summary>Registers what the service needs.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static T AddGeneration<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        builder.Services.AddSingleton(GenerationOptions.From(builder.Configuration));
        builder.AddModelCache();
        builder.AddModelPool<LoadedDecoder, DecoderLoader>(GenerationOptions.Section, MemoryShare);
        builder.Services.MapException<QueueFullException>(full => RpcErrors.ResourceExhausted(full.Message, full.RetryAfter));
        builder.Services.AddSingleton<Preload>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Preload>());
        builder.Services.AddHealthChecks().AddCheck<PreloadCheck>("generation-preload", tags: ReadyTags);
        return builder;
    }

    /// <summary>Maps llmplatform.generation.v1.</summary>
    public static void MapGeneration(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<GenerationGrpc>().RequireAuthorization(Policies.Caller);
}
