using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hub.Pull;

/// <summary>Whether a file is what the repository says it is.</summary>
internal static class FileChecksum
{
    private const int BufferBytes = 1 << 20;

    /// <summary>What is wrong with the file; null where its size and checksum, as far as the server gave them, are right.</summary>
    public static async Task<string?> FindFaultAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        long length = new FileInfo(path).Length;
        if (file.Length is long expected && expected != length)
        {
            return $"{length} bytes, expected {expected}";
        }

        if (file.Sha256 is not null)
        {
            using IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            string found = await HashAsync(path, sha256, cancellationToken);
            return found == file.Sha256 ? null : $"SHA-256 {found}, expected {file.Sha256}";
        }

        if (file.BlobId is not null)
        {
            // Git's object name; it guards against accidents, and the connection against the rest.
#pragma warning disable CA5350
            using IncrementalHash sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
            sha1.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0")));
            string found = await HashAsync(path, sha1, cancellationToken);
            return found == file.BlobId ? null : $"git blob {found}, expected {file.BlobId}";
        }

        return null;
    }

    private static async Task<string> HashAsync(string path, IncrementalHash hash, CancellationToken cancellationToken)
    {
        FileStreamOptions options = new() { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.SequentialScan | FileOptions.Asynchronous };
        await using FileStream stream = new(path, options);
        byte[] buffer = new byte[BufferBytes];
        while (await stream.ReadAsync(buffer, cancellationToken) is int read and > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
