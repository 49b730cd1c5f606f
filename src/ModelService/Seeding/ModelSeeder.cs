using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Versions;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Files;
using LlmPlatform.ModelService.Registry;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using ModelFile = LlmPlatform.Hub.Versions.ModelFile;
using ModelVersion = LlmPlatform.Hub.Versions.ModelVersion;

namespace LlmPlatform.ModelService.Seeding;

/// <summary>
/// Registers the folders that the configuration names. A folder whose content is known already costs only its hash; one
/// that cannot be registered is said in the log, and the platform goes on without it.
/// </summary>
internal sealed class ModelSeeder(
    IReadOnlyList<ModelSeed> seeds,
    ModelRegistry registry,
    FileStore files,
    IDbContextFactory<ModelDbContext> contexts,
    SeedingState state,
    ILogger<ModelSeeder> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Hashing keeps a thread busy: not the one that starts the host.
        await Task.Yield();
        foreach (ModelSeed seed in seeds)
        {
            try
            {
                await RegisterAsync(seed, stoppingToken);
            }
            catch (Exception exception) when (exception is RpcException or InvalidModelFileException or IOException or UnauthorizedAccessException)
            {
                string reason = exception is RpcException rpc ? rpc.Status.Detail : exception.Message;
                logger.LogError("Model {Name} was not registered from {Path}: {Reason}", seed.Name, seed.Path, reason);
            }
        }

        state.Done = true;
    }

    private async Task RegisterAsync(ModelSeed seed, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(seed.Path))
        {
            throw new DirectoryNotFoundException($"there is no such folder ({ModelSeed.Section}:...:Path)");
        }

        // Says early what is wrong with the folder itself, pickled weights among it: they are no file of a version.
        ModelFolder.Open(seed.Path);
        ModelVersion version = await ContentHash.ComputeAsync(seed.Path, cancellationToken);
        if (await IsKnownAsync(seed, version.Hash, cancellationToken))
        {
            // Which version answers for the name is the owner's to say: a promotion outlives a start.
            return;
        }

        logger.LogInformation("Registering model {Name} from {Path} ({Size:F1} MB)", seed.Name, seed.Path, version.Length / 1e6);
        List<FileRow> rows = [];
        try
        {
            foreach (ModelFile file in version.Files)
            {
                rows.Add(await files.AddFromDiskAsync(seed.Tenant, Path.Combine(seed.Path, file.Path), cancellationToken));
            }

            await registry.RegisterAsync(
                new NewVersion(
                    seed.Tenant,
                    seed.Name,
                    [.. version.Files.Zip(rows, (file, row) => (file.Path, row.Size, row.Sha256))],
                    new Lineage { Source = SafeValue.Cut(Path.GetFileName(Path.TrimEndingDirectorySeparator(seed.Path))) },
                    [AliasRow.Default],
                    RequestId: null)
                {
                    FileIds = [.. rows.Select(row => row.Id)],
                },
                cancellationToken);
        }
        finally
        {
            // The version's own rows keep the blobs from here on.
            foreach (FileRow row in rows)
            {
                await files.DeleteAsync(seed.Tenant, row.Id, CancellationToken.None);
            }
        }
    }

    private async Task<bool> IsKnownAsync(ModelSeed seed, string version, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.ModelVersions.AnyAsync(
            row => row.Tenant == seed.Tenant && row.Name == seed.Name && row.Version == version, cancellationToken);
    }
}
