using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hub.Versions;

/// <summary>
/// The name of a version: SHA-256 over one line a file, sorted by path (ordinal): path, length in bytes and SHA-256 of the
/// content, joined by tabs, each line ended by a line feed. The same files give the same version on every machine;
/// times and permissions do not count.
/// </summary>
public static class ContentHash
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads all files that belong to the model in a folder and names the version.</summary>
    /// <exception cref="InvalidModelFileException">A file has a name that not every system can hold; no files at all.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static async Task<ModelVersion> ComputeAsync(string folder, CancellationToken cancellationToken = default)
    {
        ImmutableArray<ModelFile>.Builder files = ImmutableArray.CreateBuilder<ModelFile>();
        foreach (string path in ModelFiles.List(folder))
        {
            files.Add(await HashFileAsync(folder, path, cancellationToken));
        }

        return files.Count == 0
            ? throw new InvalidModelFileException(folder, "", null, "files of a model")
            : new ModelVersion(Of(files), files.ToImmutable());
    }

    /// <summary>The name of a version with these files, whose order does not matter.</summary>
    public static string Of(IEnumerable<ModelFile> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ModelFile file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Path}\t{file.Length}\t{file.Sha256}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<ModelFile> HashFileAsync(string folder, string path, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new() { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.SequentialScan | FileOptions.Asynchronous };
        await using FileStream stream = new(Path.Combine(folder, path), options);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        long length = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is int read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }

        return new ModelFile(path, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
