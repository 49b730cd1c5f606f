using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Files;
using LlmPlatform.ModelService.Keys;
using LlmPlatform.ModelService.Merging;
using LlmPlatform.ModelService.Registry;
using LlmPlatform.ModelService.Seeding;
using LlmPlatform.ModelService.Sweeping;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ModelService;

/// <summary>The model service as a part of a process: registry, files and API keys.</summary>
public static class ModelModule
{
    private const string Service = "models";

    private static readonly string[] ReadyTags = [HealthExtensions.ReadyTag];

    /// <summary>Registers what the service needs.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static T AddModels<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(FileLimits.From(builder.Configuration));
        services.AddSingleton(SweepOptions.From(builder.Configuration));
        services.AddSingleton(ModelSeed.From(builder.Configuration));

        builder.AddPlatformDatabase<ModelDbContext, SqliteModelDbContext>(Service);
        services.AddSingleton(provider => new FolderBlobStore(provider.GetRequiredService<DataFolder>().Folder(Service)));
        services.AddSingleton<IBlobStore>(provider => provider.GetRequiredService<FolderBlobStore>());
        services.AddSingleton<FileStore>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<ModelMerger>();
        services.AddSingleton<BlobSweep>();
        services.AddSingleton<SeedingState>();

        services.AddHostedService<DatabaseStart>();
        services.AddHostedService<ModelSeeder>();
        services.AddHostedService<BlobSweeper>();
        services.AddHealthChecks().AddCheck<SeedingState>("models-registered", tags: ReadyTags);
        return builder;
    }

    /// <summary>Maps llmplatform.models.v1 and llmplatform.files.v1, and for other services llmplatform.internal.v1.</summary>
    public static void MapModels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<ModelsGrpc>().RequireAuthorization(Policies.Caller);
        endpoints.MapGrpcService<FilesGrpc>().RequireAuthorization(Policies.Caller);
        endpoints.MapGrpcService<ApiKeysGrpc>().RequireAuthorization(Policies.Admin);
        endpoints.MapGrpcService<IdentityGrpc>().RequireAuthorization(Policies.Service);
        endpoints.MapGrpcService<RegistryGrpc>().RequireAuthorization(Policies.Service);
    }
}
