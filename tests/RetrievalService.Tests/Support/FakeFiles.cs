using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>Files in memory.</summary>
internal sealed class FilesState
{
    private int _count;

    public ConcurrentDictionary<string, (File File, byte[] Bytes)> Files { get; } = [];

    public int Downloads;

    public string Add(string text, string filename = "text.txt")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string id = $"file-{Interlocked.Increment(ref _count)}";
        Files[id] = (new File { Id = id, Filename = filename, Size = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) }, bytes);
        return id;
    }
}

internal sealed class FakeFiles(FilesState state) : Files.FilesBase
{
    private const int ChunkBytes = 1000;

    public override Task<File> Get(GetFileRequest request, ServerCallContext context) => Task.FromResult(Find(request.Id).File);

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadResponse> responseStream, ServerCallContext context)
    {
        Interlocked.Increment(ref state.Downloads);
        (File file, byte[] bytes) = Find(request.Id);
        await responseStream.WriteAsync(new DownloadResponse { File = file });
        foreach (byte[] chunk in bytes.Chunk(ChunkBytes))
        {
            await responseStream.WriteAsync(new DownloadResponse { Chunk = ByteString.CopyFrom(chunk) });
        }
    }

    private (File File, byte[] Bytes) Find(string id) => state.Files.TryGetValue(id, out (File, byte[]) found)
        ? found
        : throw new RpcException(new Status(StatusCode.NotFound, $"file {id} was not found"));
}
