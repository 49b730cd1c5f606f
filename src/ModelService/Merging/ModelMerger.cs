using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Files;
using LlmPlatform.ModelService.Registry;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Merging;

/// <summary>Makes full models out of adapters and their bases, one at a time: a merge keeps a core and the disk busy.</summary>
internal sealed class ModelMerger(
    ModelRegistry registry, FileStore files, FolderBlobStore blobs, IDbContextFactory<ModelDbContext> contexts, DataFolder folder) : IDisposable
{
    private const string DefaultDtype = "bfloat16";

    private readonly SemaphoreSlim _merging = new(1);

    // Holding the data folder, we know that nobody looks at what an earlier process left there.
    private readonly string _scratch = EmptyFolder(folder.Folder("models", "merging"));

    public void Dispose() => _merging.Dispose();

    /// <summary>Merges an adapter into its base and registers the result for a tenant.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: no adapter, or one that cannot be worked into full weights.</exception>
    public async Task<ModelVersionRow> MergeAsync(string tenant, ModelVersionRow adapter, MergeModelRequest request, CancellationToken cancellationToken)
    {
        if (adapter.PeftType.Length == 0)
        {
            throw RpcErrors.FailedPrecondition("ADAPTER", $"model/{adapter.Name}", $"model {adapter.Name}@{adapter.Version} is a full model, expected an adapter");
        }

        ModelVersionRow origin;
        await using (ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken))
        {
            origin = await context.ModelVersions.AsNoTracking().Include(row => row.Files).SingleAsync(
                row => row.Tenant == adapter.BaseTenant && row.Name == adapter.BaseName && row.Version == adapter.BaseVersion, cancellationToken);
        }

        await _merging.WaitAsync(cancellationToken);
        string output = Directory.CreateDirectory(Path.Combine(_scratch, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await WriteAsync(adapter, origin, request, output, cancellationToken);
            return await RegisterAsync(tenant, adapter, request, output, cancellationToken);
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            throw RpcErrors.ResourceExhausted("the disk is full", TimeSpan.FromMinutes(1));
        }
        finally
        {
            _merging.Release();
            Directory.Delete(output, recursive: true);
        }
    }

    private async Task WriteAsync(ModelVersionRow adapter, ModelVersionRow origin, MergeModelRequest request, string output, CancellationToken cancellationToken)
    {
        using ModelAssembly adapterFiles = await ModelAssembly.CreateAsync(_scratch, blobs, adapter, cancellationToken);
        using ModelAssembly baseFiles = await ModelAssembly.CreateAsync(_scratch, blobs, origin, cancellationToken);
        try
        {
            ModelFolder model = ModelFolder.OpenAdapted(baseFiles.Folder, adapterFiles.Folder);
            await LoraMerge.WriteAsync(model, request.Dtype.Length > 0 ? request.Dtype : DefaultDtype, output, cancellationToken: cancellationToken);
        }
        catch (InvalidModelFileException invalid)
        {
            throw RpcErrors.FailedPrecondition("MODEL_FILE", $"model/{adapter.Name}", $"adapter {adapter.Name}@{adapter.Version} cannot be merged: {invalid.Message}");
        }
    }

    private async Task<ModelVersionRow> RegisterAsync(
        string tenant, ModelVersionRow adapter, MergeModelRequest request, string output, CancellationToken cancellationToken)
    {
        List<(string Path, FileRow Row)> rows = [];
        try
        {
            foreach (string path in Hub.Versions.ModelFiles.List(output))
            {
                string source = Path.Combine(output, path);
                rows.Add((path, await files.AddFromDiskAsync(tenant, source, cancellationToken)));
                File.Delete(source);
            }

            Lineage lineage = adapter.Describe([]).Lineage;
            lineage.MergedFrom = $"{adapter.Name}@{adapter.Version}";
            return await registry.RegisterAsync(
                new NewVersion(
                    tenant,
                    request.Name.Length > 0 ? request.Name : adapter.Name,
                    [.. rows.Select(file => (file.Path, file.Row.Size, file.Row.Sha256))],
                    lineage,
                    request.Aliases,
                    request.RequestId.Length > 0 ? request.RequestId : null)
                {
                    FileIds = [.. rows.Select(file => file.Row.Id)],
                },
                cancellationToken);
        }
        finally
        {
            // The version's own rows keep the blobs from here on.
            foreach ((_, FileRow row) in rows)
            {
                await files.DeleteAsync(tenant, row.Id, CancellationToken.None);
            }
        }
    }

    private static string EmptyFolder(string path)
    {
        foreach (string left in Directory.EnumerateDirectories(path))
        {
            Directory.Delete(left, recursive: true);
        }

        return path;
    }
}
