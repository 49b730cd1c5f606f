using System.Security.Cryptography;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Contracts.Uploads;
using LlmPlatform.TrainingContracts.Worker;
using LlmPlatform.TrainingService.Recipes;
using LlmPlatform.TrainingService.Rows;
using File = System.IO.File;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.TrainingService.Models;

/// <summary>
/// Makes a version of the registry out of what a child process wrote. Every step may be done again: uploads and the
/// registration have request ids, and the alias is moved by compare-and-swap.
/// </summary>
internal sealed class ResultRegistration(FilesClient files, ModelsClient models)
{
    public const string AdapterConfig = "adapter_config.json";

    private const int MaxSwaps = 8;
    private const string DefaultAlias = "default";
    private const string EvaluationPrefix = "eval_";

    /// <summary>Registers and promotes.</summary>
    /// <param name="row">The job.</param>
    /// <param name="folder">The child's output.</param>
    /// <param name="adapterBase">The full model below the base where that is an adapter; null: it is none.</param>
    /// <param name="dataHash">Of the training data.</param>
    /// <param name="completed">The metrics.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>name@version.</returns>
    public async Task<string> RegisterAsync(
        JobRow row, string folder, string? adapterBase, string dataHash, WorkerCompleted completed, CancellationToken cancellationToken)
    {
        Recipe recipe = WorkerRecipe.Read(row.Recipe);
        bool adapter = File.Exists(Path.Combine(folder, AdapterConfig));
        RegisterModelRequest request = new()
        {
            Name = recipe.OutputModel,
            RequestId = row.Id,
            Lineage = new Lineage
            {
                // An adapter that was trained on from another one lies over the same full model.
                Base = adapter && adapterBase is not null ? adapterBase : row.BaseVersion,
                DataHash = dataHash,
                RecipeHash = WorkerRecipe.Hash(recipe),
                JobId = row.Id,
                Metrics = { Metrics(completed) },
            },
        };
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
            request.Files.Add(new RegisterModelFile { Path = relative, FileId = await UploadAsync(row.Id, path, cancellationToken) });
        }

        ModelVersion version = await models.RegisterAsync(request, cancellationToken: cancellationToken);
        foreach (string id in request.Files.Select(file => file.FileId).Distinct())
        {
            await DeleteAsync(id, cancellationToken);
        }

        if (recipe.Promote)
        {
            await PromoteAsync(version, cancellationToken);
        }

        return RecipeModels.Reference(version);
    }

    private static SortedDictionary<string, double> Metrics(WorkerCompleted completed)
    {
        SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
        foreach ((string name, double value) in completed.Metrics)
        {
            metrics[name] = value;
        }

        Add("eval_before/", completed.EvaluationBefore);
        Add("eval_after/", completed.EvaluationAfter);
        return metrics;

        void Add(string prefix, IReadOnlyDictionary<string, double> values)
        {
            foreach ((string name, double value) in values)
            {
                metrics[prefix + (name.StartsWith(EvaluationPrefix, StringComparison.Ordinal) ? name[EvaluationPrefix.Length..] : name)] = value;
            }
        }
    }

    private async Task<string> UploadAsync(string jobId, string path, CancellationToken cancellationToken)
    {
        await using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellationToken));
        source.Position = 0;
        // The request id has the hash in it: another attempt may have written other bytes (metrics of time, for example).
        UploadHeader header = new() { Filename = Path.GetFileName(path), Purpose = "model", Sha256 = sha256, RequestId = $"{jobId}/{sha256}" };
        return (await UploadCall.UploadAsync(files, header, source, report: null, cancellationToken)).Id;
    }

    // The version has the bytes: the files were only the way there.
    private async Task DeleteAsync(string fileId, CancellationToken cancellationToken)
    {
        try
        {
            await files.DeleteAsync(new DeleteFileRequest { Id = fileId }, cancellationToken: cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // Another attempt did so.
        }
    }

    private async Task PromoteAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        for (int swap = 1; ; swap++)
        {
            ModelVersion current = await models.GetAsync(new GetModelRequest { Model = version.Name }, cancellationToken: cancellationToken);
            if (current.Tenant == version.Tenant && current.Version == version.Version)
            {
                return;
            }

            try
            {
                await models.PromoteAsync(
                    new PromoteRequest { Name = version.Name, Alias = DefaultAlias, Version = version.Version, ExpectedVersion = current.Tenant == version.Tenant ? current.Version : "" },
                    cancellationToken: cancellationToken);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Aborted && swap < MaxSwaps)
            {
                // Somebody else moved it just now.
            }
        }
    }
}
