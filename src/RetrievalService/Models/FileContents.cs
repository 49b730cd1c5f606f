using System.Security.Cryptography;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Seeding;
using File = LlmPlatform.Contracts.Files.V1.File;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>The bytes of files, from the service that owns them; the platform's own documentation comes with the program.</summary>
internal sealed class FileContents(FilesClient files, PlatformDocs docs, RetrievalOptions options)
{
    /// <summary>What a file is.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public async Task<File> DescribeAsync(string fileId, CancellationToken cancellationToken) =>
        await files.GetAsync(new GetFileRequest { Id = fileId }, cancellationToken: cancellationToken);

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="DocumentException">It is gone, or too large.</exception>
    /// <exception cref="RpcException">The service cannot be asked.</exception>
    public async Task<byte[]> ReadAsync(string tenant, string fileId, CancellationToken cancellationToken)
    {
        if (PlatformDocs.IsOne(tenant, fileId))
        {
            return await docs.ReadAsync(fileId, cancellationToken);
        }

        try
        {
            return await DownloadAsync(fileId, cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw new DocumentException(IngestErrors.FileNotFound, "the file was deleted before it was read", error);
        }
    }

    private async Task<byte[]> DownloadAsync(string fileId, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<DownloadResponse> call = files.Download(new DownloadRequest { Id = fileId }, cancellationToken: cancellationToken);
        if (!await call.ResponseStream.MoveNext(cancellationToken) || call.ResponseStream.Current.File is not { } file)
        {
            throw new InvalidOperationException("a download began with something else than the file's description");
        }

        if (file.Size > options.MaxDocumentBytes)
        {
            throw new DocumentException(
                DocumentErrors.LimitExceeded, $"the file has {file.Size} bytes, expected at most {options.MaxDocumentBytes} ({RetrievalOptions.MaxDocumentBytesKey})");
        }

        byte[] bytes = new byte[file.Size];
        int length = 0;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            ReadOnlySpan<byte> chunk = call.ResponseStream.Current.Chunk.Span;
            if (chunk.Length > bytes.Length - length)
            {
                throw new InvalidOperationException($"file {fileId} is longer than its {file.Size} bytes");
            }

            chunk.CopyTo(bytes.AsSpan(length));
            length += chunk.Length;
        }

        return length == bytes.Length && Convert.ToHexStringLower(SHA256.HashData(bytes)) == file.Sha256
            ? bytes
            : throw new RpcException(new Status(StatusCode.Unavailable, "the download was incomplete"));
    }
}
