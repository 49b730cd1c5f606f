using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ServiceDefaults.Identity;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.TrainingService.Tests.Support;

/// <summary>Files in memory, each of one tenant.</summary>
internal sealed class FilesState
{
    private int _count;

    public ConcurrentDictionary<string, (string Tenant, File File, byte[] Bytes)> Files { get; } = [];

    public ConcurrentDictionary<string, string> Requests { get; } = [];

    public string Add(string tenant, string text) => Add(tenant, "data.jsonl", "fine-tune", Encoding.UTF8.GetBytes(text));

    public string Add(string tenant, string name, string purpose, byte[] bytes)
    {
        string id = $"file-{Interlocked.Increment(ref _count)}";
        File file = new() { Id = id, Filename = name, Purpose = purpose, Size = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        Files[id] = (tenant, file, bytes);
        return id;
    }
}

internal sealed class FakeFiles(FilesState state, InternalTokens tokens) : Files.FilesBase
{
    public override async Task<File> Get(GetFileRequest request, ServerCallContext context) => (await FindAsync(request.Id, context)).File;

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadResponse> responseStream, ServerCallContext context)
    {
        (string _, File file, byte[] bytes) = await FindAsync(request.Id, context);
        await responseStream.WriteAsync(new DownloadResponse { File = file });
        foreach (byte[] chunk in bytes.Chunk(1000))
        {
            await responseStream.WriteAsync(new DownloadResponse { Chunk = ByteString.CopyFrom(chunk) });
        }
    }

    public override async Task<File> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
    {
        string tenant = await Backends.TenantAsync(tokens, context);
        Assert.True(await requestStream.MoveNext());
        UploadHeader header = requestStream.Current.Header;
        if (state.Requests.TryGetValue($"{tenant}/{header.RequestId}", out string? earlier) && state.Files.TryGetValue(earlier, out (string, File File, byte[]) found))
        {
            return found.File;
        }

        using MemoryStream bytes = new();
        while (await requestStream.MoveNext())
        {
            Assert.InRange(requestStream.Current.Chunk.Length, 1, 1 << 20);
            requestStream.Current.Chunk.WriteTo(bytes);
        }

        string id = state.Add(tenant, header.Filename, header.Purpose, bytes.ToArray());
        Assert.Equal(header.Sha256, state.Files[id].File.Sha256);
        state.Requests[$"{tenant}/{header.RequestId}"] = id;
        return state.Files[id].File;
    }

    public override async Task<DeleteFileResponse> Delete(DeleteFileRequest request, ServerCallContext context)
    {
        await FindAsync(request.Id, context);
        state.Files.TryRemove(request.Id, out _);
        return new DeleteFileResponse();
    }

    private async Task<(string Tenant, File File, byte[] Bytes)> FindAsync(string id, ServerCallContext context)
    {
        string tenant = await Backends.TenantAsync(tokens, context);
        return state.Files.TryGetValue(id, out (string Tenant, File, byte[]) found) && found.Tenant == tenant
            ? found
            : throw new RpcException(new Status(StatusCode.NotFound, $"file {id} was not found"));
    }
}
