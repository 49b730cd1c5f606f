using System.Collections.Concurrent;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>The registry: the encoders that there are, newest first, and what is held.</summary>
internal sealed class ModelsState
{
    private readonly List<ModelVersion> _models = [];

    public ConcurrentDictionary<string, string> Holds { get; } = [];

    public IReadOnlyList<ModelVersion> Models
    {
        get
        {
            lock (_models)
            {
                return [.. _models];
            }
        }
    }

    public void Add(string name, string version, ModelTask task = ModelTask.SentenceSimilarity)
    {
        lock (_models)
        {
            _models.RemoveAll(model => model.Name == name);
            _models.Insert(0, new ModelVersion { Name = name, Version = version, Task = task, HasTokenizer = true, MaxPositionEmbeddings = 128, Tenant = "platform" });
        }
    }
}

internal sealed class FakeModels(ModelsState state) : Contracts.Models.V1.Models.ModelsBase
{
    public override Task<ListModelsResponse> List(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { state.Models.Where(model => request.Tasks.Contains(model.Task)) } });

    public override Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context) =>
        Task.FromResult(state.Models.FirstOrDefault(model => request.Model == model.Name || request.Model == $"{model.Name}@{model.Version}")
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"model {request.Model} was not found")));
}

internal sealed class FakeRegistry(ModelsState state) : Contracts.Internal.V1.Registry.RegistryBase
{
    public override Task<HoldVersionResponse> HoldVersion(HoldVersionRequest request, ServerCallContext context)
    {
        state.Holds[request.Holder.Id] = $"{request.Name}@{request.Version}";
        return Task.FromResult(new HoldVersionResponse());
    }

    public override Task<ReleaseVersionResponse> ReleaseVersion(ReleaseVersionRequest request, ServerCallContext context)
    {
        state.Holds.TryRemove(request.Holder.Id, out _);
        return Task.FromResult(new ReleaseVersionResponse());
    }
}
