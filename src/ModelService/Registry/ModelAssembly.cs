using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Rows;

namespace LlmPlatform.ModelService.Registry;

/// <summary>Lays blobs out as a model's folder for as long as it is looked at: links where the system has them, else copies.</summary>
internal sealed class ModelAssembly : IDisposable
{
    private ModelAssembly(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The files of a registered version.</summary>
    public static Task<ModelAssembly> CreateAsync(string scratch, FolderBlobStore blobs, ModelVersionRow version, CancellationToken cancellationToken) =>
        CreateAsync(scratch, blobs, version.Tenant, version.Files.Select(file => (file.Path, file.Sha256)), cancellationToken);

    public static async Task<ModelAssembly> CreateAsync(
        string scratch, FolderBlobStore blobs, string tenant, IEnumerable<(string Path, string Sha256)> files, CancellationToken cancellationToken)
    {
        ModelAssembly assembly = new(Path.Combine(scratch, Guid.NewGuid().ToString("N")));
        try
        {
            Directory.CreateDirectory(assembly.Folder);
            foreach ((string path, string sha256) in files)
            {
                string target = Path.Combine(assembly.Folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (OperatingSystem.IsWindows())
                {
                    await using Stream source = blobs.Open(tenant, sha256);
                    await using FileStream copy = File.Create(target);
                    await source.CopyToAsync(copy, cancellationToken);
                }
                else
                {
                    File.CreateSymbolicLink(target, blobs.PathOf(tenant, sha256));
                }
            }

            return assembly;
        }
        catch
        {
            assembly.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
