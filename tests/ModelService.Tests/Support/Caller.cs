using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Identity;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Support;

/// <summary>A tenant's calls to the service.</summary>
internal sealed class Caller
{
    public const int ChunkBytes = 1 << 20;

    public Caller(GrpcChannel channel, InternalTokens tokens, string tenant, params string[] roles)
    {
        Tenant = tenant;
        CallerIdentity identity = new() { Tenant = tenant, Roles = roles.Length > 0 ? roles : [Roles.User, Roles.Admin] };
        Invoker = channel.Intercept(headers =>
        {
            headers.Add("authorization", $"Bearer {tokens.Mint(identity)}");
            return headers;
        });
        Files = new Contracts.Files.V1.Files.FilesClient(Invoker);
        Models = new Contracts.Models.V1.Models.ModelsClient(Invoker);
        Keys = new ApiKeys.ApiKeysClient(Invoker);
    }

    public string Tenant { get; }

    public CallInvoker Invoker { get; }

    public Contracts.Files.V1.Files.FilesClient Files { get; }

    public Contracts.Models.V1.Models.ModelsClient Models { get; }

    public ApiKeys.ApiKeysClient Keys { get; }

    public async Task<File> UploadAsync(byte[] content, string filename = "data.jsonl", string purpose = "fine-tune", string requestId = "", string sha256 = "")
    {
        using AsyncClientStreamingCall<UploadRequest, File> call = Files.Upload();
        await SendAsync(call, new UploadRequest
        {
            Header = new UploadHeader { Filename = filename, Purpose = purpose, RequestId = requestId, Sha256 = sha256 },
        });
        for (int start = 0; start < content.Length; start += ChunkBytes)
        {
            await SendAsync(call, new UploadRequest { Chunk = ByteString.CopyFrom(content, start, Math.Min(ChunkBytes, content.Length - start)) });
        }

        await FinishAsync(call);
        return await call;
    }

    public async Task<byte[]> DownloadAsync(string id, long offset = 0)
    {
        using AsyncServerStreamingCall<DownloadResponse> call = Files.Download(new DownloadRequest { Id = id, Offset = offset });
        using MemoryStream content = new();
        await foreach (DownloadResponse response in call.ResponseStream.ReadAllAsync())
        {
            Assert.True(response.Chunk.Length <= ChunkBytes);
            response.Chunk.WriteTo(content);
        }

        return content.ToArray();
    }

    /// <summary>Every file, page by page.</summary>
    public async Task<List<File>> ListFilesAsync()
    {
        List<File> files = [];
        string token = "";
        do
        {
            ListFilesResponse page = await Files.ListAsync(new ListFilesRequest { PageSize = 200, PageToken = token });
            files.AddRange(page.Files);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        return files;
    }

    /// <summary>Uploads a folder and gives the request that makes a model of it.</summary>
    public async Task<RegisterModelRequest> UploadFolderAsync(string folder, string name)
    {
        RegisterModelRequest request = new() { Name = name };
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            File file = await UploadAsync(await System.IO.File.ReadAllBytesAsync(path), Path.GetFileName(path), "model");
            request.Files.Add(new RegisterModelFile { Path = Path.GetRelativePath(folder, path).Replace('\\', '/'), FileId = file.Id });
        }

        return request;
    }

    public async Task<ModelVersion> RegisterFolderAsync(string folder, string name, string? baseModel = null, params string[] aliases)
    {
        RegisterModelRequest request = await UploadFolderAsync(folder, name);
        request.Aliases.Add(aliases);
        if (baseModel is not null)
        {
            request.Lineage = new Lineage { Base = baseModel };
        }

        return await Models.RegisterAsync(request);
    }

    public async Task<Dictionary<string, byte[]>> DownloadModelAsync(string model, params string[] paths)
    {
        DownloadModelRequest request = new() { Model = model };
        request.Paths.Add(paths);
        using AsyncServerStreamingCall<DownloadModelResponse> call = Models.Download(request);
        Dictionary<string, byte[]> files = [];
        string current = "";
        await foreach (DownloadModelResponse response in call.ResponseStream.ReadAllAsync())
        {
            if (response.File is not null)
            {
                current = response.File.Path;
                files[current] = [];
            }
            else
            {
                files[current] = [.. files[current], .. response.Chunk.Span];
            }
        }

        return files;
    }

    // A call that the service has refused midway tells why when it is awaited, not when it is written to.
    private static async Task SendAsync(AsyncClientStreamingCall<UploadRequest, File> call, UploadRequest message)
    {
        try
        {
            await call.RequestStream.WriteAsync(message);
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            await call;
        }
    }

    private static async Task FinishAsync(AsyncClientStreamingCall<UploadRequest, File> call)
    {
        try
        {
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            await call;
        }
    }
}
