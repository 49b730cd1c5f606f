using System.Collections.Concurrent;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Versions;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;
using ModelFile = LlmPlatform.Contracts.Models.V1.ModelFile;
using ModelVersion = LlmPlatform.Contracts.Models.V1.ModelVersion;

namespace LlmPlatform.ServiceDefaults.Tests.Models;

/// <summary>Stands for ModelService: models in memory, and a download that a test can spoil.</summary>
internal sealed class FakeRegistry
{
    private const int ChunkBytes = 1000;

    private readonly ConcurrentDictionary<string, (ModelVersion Version, Dictionary<string, byte[]> Files)> _models = new();

    public FakeRegistry() => Script = new ScriptedModels.Script { Get = Get, Download = Download };

    public ScriptedModels.Script Script { get; }

    /// <summary>The paths that each download asked for.</summary>
    public ConcurrentQueue<string[]> Downloads { get; } = new();

    /// <summary>Who asked for models.</summary>
    public ConcurrentQueue<string> Callers { get; } = new();

    /// <summary>Called before each chunk with path, number of the chunk and number of the download, both from 0.</summary>
    public Func<string, int, int, ServerCallContext, Task> BeforeChunk { get; set; } = (_, _, _, _) => Task.CompletedTask;

    /// <summary>Changes a chunk on its way; the last argument is the number of the download.</summary>
    public Func<byte[], int, byte[]> Spoil { get; set; } = (chunk, _) => chunk;

    /// <summary>Adds a model whose files are given by their lengths.</summary>
    public ModelVersion Add(string name, string tenant, params (string Path, int Length)[] files)
    {
        Random random = new(name.Length + files.Length);
        Dictionary<string, byte[]> contents = [];
        foreach ((string path, int length) in files)
        {
            contents[path] = new byte[length];
            random.NextBytes(contents[path]);
        }

        ModelVersion version = new() { Name = name, Tenant = tenant };
        version.Files.AddRange(contents.Select(file => new ModelFile
        {
            Path = file.Key,
            Size = file.Value.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Value)),
        }));
        version.Version = VersionOf(version);
        _models[name] = (version, contents);
        return version;
    }

    public byte[] Content(string name, string path) => _models[name].Files[path];

    public static string VersionOf(ModelVersion version) =>
        ContentHash.Of(version.Files.Select(file => new Hub.Versions.ModelFile(file.Path, file.Size, file.Sha256)));

    private Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        Callers.Enqueue(tenant);
        return Task.FromResult(Find(request.Model, tenant).Version);
    }

    private async Task Download(DownloadModelRequest request, IServerStreamWriter<DownloadModelResponse> stream, ServerCallContext context)
    {
        int number = Downloads.Count;
        Downloads.Enqueue([.. request.Paths]);
        (ModelVersion version, Dictionary<string, byte[]> files) = Find(request.Model.Split('@')[0], context.GetCaller().Tenant);
        Assert.Equal($"{version.Name}@{version.Version}", request.Model);
        foreach (ModelFile file in version.Files.Where(file => request.Paths.Contains(file.Path)))
        {
            await stream.WriteAsync(new DownloadModelResponse { File = file }, context.CancellationToken);
            int chunkNumber = 0;
            foreach (byte[] chunk in files[file.Path].Chunk(ChunkBytes))
            {
                await BeforeChunk(file.Path, chunkNumber++, number, context);
                await stream.WriteAsync(new DownloadModelResponse { Chunk = ByteString.CopyFrom(Spoil([.. chunk], number)) }, context.CancellationToken);
            }
        }
    }

    private (ModelVersion Version, Dictionary<string, byte[]> Files) Find(string name, string tenant) =>
        _models.TryGetValue(name, out var model) && (model.Version.Tenant == tenant || model.Version.Tenant == Tenants.Platform)
            ? model
            : throw RpcErrors.NotFound("model", name);
}
