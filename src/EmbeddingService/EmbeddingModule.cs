using LlmPlatform.EmbeddingService.Loading;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.ServiceDefaults.Models;

namespace LlmPlatform.EmbeddingService;

/// <summary>The embedding service as a part of a process.</summary>
public static class EmbeddingModule
{
    private const double MemoryShare = 0.2;

    /// <summary>Registers what the service needs.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static T AddEmbedding<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        builder.Services.AddSingleton(EmbeddingOptions.From(builder.Configuration));
        builder.AddModelCache();
        builder.AddModelPool<LoadedEncoder, EncoderLoader>(EmbeddingOptions.Section, MemoryShare);
        builder.Services.MapException<QueueFullException>(full => RpcErrors.ResourceExhausted(full.Message, full.RetryAfter));
        return builder;
    }

    /// <summary>Maps llmplatform.embedding.v1.</summary>
    public static void MapEmbedding(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<EmbeddingGrpc>().RequireAuthorization(Policies.Caller);
}
