using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.TrainingService.Tests.Support;

/// <summary>The registry: versions, the ones that <c>default</c> points at, what is held, and what was asked.</summary>
internal sealed class ModelsState
{
    /// <summary>The content hash of a version whose one file is <see cref="Config"/>.</summary>
    public const string BaseVersion = "4246e6b2992aa55de23b710e9535a724142a36227c8832282b8e44e27970dcf3";

    private readonly Lock _lock = new();
    private readonly List<ModelVersion> _versions = [];
    private readonly Dictionary<string, string> _defaults = [];

    public ConcurrentDictionary<string, string> Holds { get; } = [];

    public ConcurrentQueue<RegisterModelRequest> Registrations { get; } = [];

    public ConcurrentQueue<PromoteRequest> Promotions { get; } = [];

    /// <summary>Calls of Register that fail before one works.</summary>
    public int FailRegister;

    public byte[] Config { get; } = Encoding.UTF8.GetBytes("{\"model_type\":\"llama\"}");

    public ModelVersion Add(string name, string version, ModelTask task = ModelTask.TextGeneration, string tenant = "platform", string peftBase = "")
    {
        ModelVersion added = new()
        {
            Name = name,
            Version = version,
            Tenant = tenant,
            Task = task,
            MaxPositionEmbeddings = 256,
            PeftType = peftBase.Length > 0 ? "LORA" : "",
            Lineage = new Lineage { Base = peftBase },
            Files = { new ModelFile { Path = "config.json", Size = Config.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Config)) } },
            Size = Config.Length,
        };
        lock (_lock)
        {
            _versions.Add(added);
            _defaults.TryAdd(name, version);
        }

        return added;
    }

    public string DefaultOf(string name)
    {
        lock (_lock)
        {
            return _defaults[name];
        }
    }

    public void Remove(string name)
    {
        lock (_lock)
        {
            _versions.RemoveAll(version => version.Name == name);
        }
    }

    public ModelVersion Find(string reference, string tenant)
    {
        lock (_lock)
        {
            string[] parts = reference.Split('@', 2);
            return _versions.FirstOrDefault(version => version.Name == parts[0] && (version.Tenant == tenant || version.Tenant == "platform")
                    && version.Version == (parts.Length == 2 ? parts[1] : _defaults[parts[0]]))
                ?? throw new RpcException(new Status(StatusCode.NotFound, $"model {reference} was not found"));
        }
    }

    public void Point(PromoteRequest request)
    {
        lock (_lock)
        {
            if (request.ExpectedVersion != _defaults.GetValueOrDefault(request.Name, ""))
            {
                throw new RpcException(new Status(StatusCode.Aborted, "the alias is elsewhere"));
            }

            _defaults[request.Name] = request.Version;
        }
    }
}

internal sealed class FakeModels(ModelsState state, InternalTokens tokens) : Contracts.Models.V1.Models.ModelsBase
{
    public override async Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context) =>
        state.Find(request.Model, await Backends.TenantAsync(tokens, context));

    public override async Task<ModelVersion> Register(RegisterModelRequest request, ServerCallContext context)
    {
        if (Interlocked.Decrement(ref state.FailRegister) >= 0)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the registry rests"));
        }

        string tenant = await Backends.TenantAsync(tokens, context);
        state.Registrations.Enqueue(request);
        return state.Add(request.Name, "fedcba9876543210", tenant: tenant);
    }

    public override async Task<ModelVersion> Promote(PromoteRequest request, ServerCallContext context)
    {
        state.Promotions.Enqueue(request);
        state.Point(request);
        return state.Find($"{request.Name}@{request.Version}", await Backends.TenantAsync(tokens, context));
    }

    public override async Task Download(DownloadModelRequest request, IServerStreamWriter<DownloadModelResponse> responseStream, ServerCallContext context)
    {
        ModelVersion version = state.Find(request.Model, await Backends.TenantAsync(tokens, context));
        await responseStream.WriteAsync(new DownloadModelResponse { File = version.Files[0] });
        await responseStream.WriteAsync(new DownloadModelResponse { Chunk = ByteString.CopyFrom(state.Config) });
    }
}

internal sealed class FakeRegistry(ModelsState state) : Contracts.Internal.V1.Registry.RegistryBase
{
    public override Task<HoldVersionResponse> HoldVersion(HoldVersionRequest request, ServerCallContext context)
    {
        state.Find($"{request.Name}@{request.Version}", request.Holder.Tenant);
        Assert.Equal("job", request.Holder.Kind);
        state.Holds[request.Holder.Id] = $"{request.Name}@{request.Version}";
        return Task.FromResult(new HoldVersionResponse());
    }

    public override Task<ReleaseVersionResponse> ReleaseVersion(ReleaseVersionRequest request, ServerCallContext context)
    {
        state.Holds.TryRemove(request.Holder.Id, out _);
        return Task.FromResult(new ReleaseVersionResponse());
    }
}
