using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Models;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Jobs;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Work;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.TrainingService;

/// <summary>The training service as a part of a process: jobs, their child processes and what comes of them.</summary>
public static class TrainingModule
{
    private const string Service = "training";

    /// <summary>Registers what the service needs.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static T AddTraining<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        IServiceCollection services = builder.Services;
        TrainingOptions options = TrainingOptions.From(builder.Configuration);
        services.AddSingleton(options);
        builder.AddPlatformClient<Contracts.Models.V1.Models.ModelsClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Files.V1.Files.FilesClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Internal.V1.Registry.RegistryClient>("models", "HoldVersion", "ReleaseVersion", "GetRevision");
        builder.AddModelCache();
        builder.AddPlatformDatabase<TrainingDbContext, SqliteTrainingDbContext>(Service);

        services.TryAddSingleton<ICheckpointStore>(provider => new LocalCheckpointStore(provider.GetRequiredService<DataFolder>().Folder(Service, "checkpoints")));
        services.AddSingleton<JobFolders>().AddSingleton<VersionHolds>().AddSingleton<RecipeModels>().AddSingleton<DataFiles>().AddSingleton<ResultRegistration>();
        services.AddSingleton<JobStore>().AddSingleton<CreateJobHandler>().AddSingleton<JobHandlers>().AddSingleton<EventHandlers>();
        services.AddSingleton<JobSignal>().AddSingleton<JobRows>().AddSingleton<JobRestart>().AddSingleton<JobInputs>().AddSingleton<JobCleanup>().AddSingleton<JobRun>();

        services.AddHostedService<DatabaseStart>();
        services.AddHostedService<JobGauges>();
        for (int worker = 0; worker < options.Workers; worker++)
        {
            // AddHostedService would take the second of a kind for the first.
            services.AddSingleton<IHostedService, JobLoop>();
        }

        return builder;
    }

    /// <summary>Maps llmplatform.training.v1.</summary>
    public static void MapTraining(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<TrainingGrpc>().RequireAuthorization(Policies.Caller);
}
