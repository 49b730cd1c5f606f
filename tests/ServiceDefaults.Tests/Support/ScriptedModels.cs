using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ServiceDefaults.Tests.Support;

/// <summary>A service that does what its test says.</summary>
internal sealed class ScriptedModels(ScriptedModels.Script script) : Contracts.Models.V1.Models.ModelsBase
{
    public override async Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context) => await script.Get(request, context);

    public override Task<ListModelsResponse> List(ListModelsRequest request, ServerCallContext context) => throw RpcErrors.Unimplemented("list");

    public override Task Download(DownloadModelRequest request, IServerStreamWriter<DownloadModelResponse> responseStream, ServerCallContext context) =>
        script.Download(request, responseStream, context);

    public override Task<DeleteModelResponse> Delete(DeleteModelRequest request, ServerCallContext context)
    {
        script.Delete();
        return Task.FromResult(new DeleteModelResponse());
    }

    internal sealed class Script
    {
        public Func<GetModelRequest, ServerCallContext, Task<ModelVersion>> Get { get; set; } =
            (request, context) => Task.FromResult(new ModelVersion { Name = request.Model, Tenant = context.GetCaller().Tenant });

        public Func<DownloadModelRequest, IServerStreamWriter<DownloadModelResponse>, ServerCallContext, Task> Download { get; set; } =
            (_, _, _) => Task.CompletedTask;

        public Action Delete { get; set; } = () => { };
    }
}
