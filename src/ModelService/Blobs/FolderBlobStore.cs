using System.Text.RegularExpressions;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ModelService.Blobs;

/// <summary>Blobs as files: <c>blobs/TENANT/ab/abcdef...</c>, and <c>staging</c> for those on their way in.</summary>
internal sealed partial class FolderBlobStore : IBlobStore
{
    private readonly string _blobs;
    private readonly string _staging;

    /// <summary>Opens the store, alone: what an earlier process left half-written is dropped.</summary>
    public FolderBlobStore(string folder)
    {
        _blobs = Path.Combine(folder, "blobs");
        _staging = Path.Combine(folder, "staging");
        Directory.CreateDirectory(_blobs);
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }

        Directory.CreateDirectory(_staging);
    }

    public StagedBlob Stage() => new(Path.Combine(_staging, Guid.NewGuid().ToString("N")));

    public void Keep(string tenant, string sha256, StagedBlob staged)
    {
        string path = PathOf(tenant, sha256);
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);

        // Of another length it was damaged from outside: the good bytes are at hand.
        FileInfo known = new(path);
        if (!known.Exists || known.Length != staged.Length)
        {
            // Two uploads of the same bytes may both come here: the later rename replaces equal bytes.
            File.Move(staged.Path, path, overwrite: true);
        }

        // Also when it was there: the upload that put it there may not have come this far yet.
        DirectoryFlush.Flush(folder);
        DirectoryFlush.Flush(Path.GetDirectoryName(folder)!);
        DirectoryFlush.Flush(_blobs);
    }

    public Stream Open(string tenant, string sha256) =>
        new FileStream(PathOf(tenant, sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Where a blob lies, for links that let files be checked in place.</summary>
    public string PathOf(string tenant, string sha256)
    {
        if (!Tenants.Name().IsMatch(tenant) || !Sha256Name().IsMatch(sha256))
        {
            throw new ArgumentException("not a tenant and a hash", nameof(tenant));
        }

        return Path.Combine(_blobs, tenant, sha256[..2], sha256);
    }

    public bool Exists(string tenant, string sha256) => File.Exists(PathOf(tenant, sha256));

    public IEnumerable<(string Tenant, string Sha256)> List() =>
        from tenant in Directory.EnumerateDirectories(_blobs)
        from part in Directory.EnumerateDirectories(tenant)
        from file in Directory.EnumerateFiles(part)
        select (Path.GetFileName(tenant), Path.GetFileName(file));

    public void Delete(string tenant, string sha256) => File.Delete(PathOf(tenant, sha256));


    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256Name();
}
