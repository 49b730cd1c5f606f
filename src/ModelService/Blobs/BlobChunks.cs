using System.Runtime.CompilerServices;
using Google.Protobuf;
using LlmPlatform.ModelService.Files;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ModelService.Blobs;

/// <summary>A blob as messages of at most 1 MiB.</summary>
internal static class BlobChunks
{
    public static async IAsyncEnumerable<ByteString> ReadAsync(
        IBlobStore blobs, string tenant, string sha256, long offset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Stream stream = Open(blobs, tenant, sha256);
        stream.Seek(offset, SeekOrigin.Begin);
        while (true)
        {
            // A buffer a message: the message owns it from then on.
            byte[] buffer = new byte[Math.Min(FileLimits.ChunkBytes, Math.Max(0, stream.Length - stream.Position))];
            int read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                yield break;
            }

            yield return UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read));
        }
    }

    private static Stream Open(IBlobStore blobs, string tenant, string sha256)
    {
        try
        {
            return blobs.Open(tenant, sha256);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RpcErrors.DataLoss($"the bytes with SHA-256 {sha256} are gone: what they belong to was deleted meanwhile, or the data folder is damaged");
        }
    }
}
