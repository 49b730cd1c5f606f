using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Models;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingContracts.Worker;
using LlmPlatform.TrainingService.Jobs;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Recipes;

namespace LlmPlatform.TrainingService.Work;

/// <summary>What a child needs, on this machine's disk as long as it is not disposed.</summary>
/// <param name="Start">All but the checkpoint to go on from.</param>
/// <param name="AdapterBase">name@version of the full model below the base where that is an adapter.</param>
/// <param name="Leases">Keep the models' files where they are.</param>
internal sealed record PreparedInputs(WorkerStart Start, string? AdapterBase, IReadOnlyList<IDisposable> Leases) : IDisposable
{
    public void Dispose()
    {
        foreach (IDisposable lease in Leases)
        {
            lease.Dispose();
        }
    }
}

/// <summary>Brings models and data here.</summary>
internal sealed class JobInputs(IModelCache cache, DataFiles files, VersionHolds holds, JobFolders folders, ICheckpointStore checkpoints)
{
    /// <exception cref="JobFailureException">The base or a file is gone.</exception>
    /// <exception cref="RpcException">A service cannot be asked.</exception>
    public async Task<PreparedInputs> PrepareAsync(ClaimedJob claimed, CancellationToken cancellationToken)
    {
        Recipe recipe = WorkerRecipe.Read(claimed.Row.Recipe);
        string id = claimed.Row.Id;
        List<IDisposable> leases = [];
        try
        {
            await HoldAsync(claimed, recipe, cancellationToken);
            CachedModel model = await FetchAsync(claimed.Row.BaseVersion, leases, cancellationToken);
            string? adapterBase = model.Info.PeftType.Length > 0 ? model.Info.Lineage.Base : null;
            CachedModel full = adapterBase is null ? model : await FetchAsync(adapterBase, leases, cancellationToken);
            CachedModel? teacher = recipe.Distillation is null ? null : await FetchAsync(recipe.Distillation.TeacherModel, leases, cancellationToken);
            WorkerStart start = new()
            {
                JobId = id,
                Recipe = WorkerRecipe.From(recipe),
                BaseFolder = full.FolderPath,
                BaseVersion = claimed.Row.BaseVersion,
                BaseAdapterFolder = adapterBase is null ? null : model.FolderPath,
                TeacherFolder = teacher?.FolderPath,
                TrainingFiles = await FilesAsync(id, recipe.TrainingFiles, 0, cancellationToken),
                ValidationFiles = await FilesAsync(id, recipe.ValidationFiles, recipe.TrainingFiles.Count, cancellationToken),
                CheckpointFolder = checkpoints.Folder(id, claimed.Epoch),
                OutputFolder = folders.Output(id, claimed.Epoch),
            };
            return new PreparedInputs(start, adapterBase, leases);
        }
        catch
        {
            leases.ForEach(lease => lease.Dispose());
            throw;
        }
    }

    private async Task HoldAsync(ClaimedJob claimed, Recipe recipe, CancellationToken cancellationToken)
    {
        try
        {
            await holds.HoldAsync(claimed.Row.Tenant, claimed.Row.Id, claimed.Row.BaseVersion, recipe.Distillation?.TeacherModel, cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw new JobFailureException(JobRules.BaseUnavailable, error.Status.Detail);
        }
    }

    private async Task<CachedModel> FetchAsync(string model, List<IDisposable> leases, CancellationToken cancellationToken)
    {
        try
        {
            CachedModel cached = await cache.GetAsync(model, cancellationToken);
            leases.Add(cached);
            return cached;
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.DataLoss or StatusCode.FailedPrecondition)
        {
            throw new JobFailureException(JobRules.BaseUnavailable, error.Status.Detail);
        }
    }

    private async Task<ImmutableArray<WorkerFile>> FilesAsync(string jobId, RepeatedField<string> ids, int first, CancellationToken cancellationToken)
    {
        string folder = folders.Data(jobId);
        ImmutableArray<WorkerFile>.Builder all = ImmutableArray.CreateBuilder<WorkerFile>(ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            all.Add(await files.FetchAsync(ids[i], folder, first + i, cancellationToken));
        }

        return all.ToImmutable();
    }
}
