using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>Three models in two pages.</summary>
internal sealed class FakeModels : Models.ModelsBase
{
    private static readonly ModelVersion[] All =
    [
        Model("chat", ModelTask.TextGeneration, "local"),
        Model("Org/With-Slash", ModelTask.SentenceSimilarity, "platform"),
        Model("other", ModelTask.Unspecified, "local"),
    ];

    /// <summary>What was merged last.</summary>
    public static MergeModelRequest? Merged { get; private set; }

    public override Task<ListModelsResponse> List(ListModelsRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireRange("page_size", request.PageSize, 0, 200).ThrowIfInvalid();
        ListModelsResponse page = new();
        bool first = request.PageToken.Length == 0;
        page.Models.AddRange(first ? All[..2] : All[2..]);
        page.NextPageToken = first ? "2" : "";
        return Task.FromResult(page);
    }

    public override Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context) =>
        Task.FromResult(All.FirstOrDefault(model => model.Name == request.Model.Split('@')[0]) ?? throw RpcErrors.NotFound("model", request.Model));

    public override Task<ModelVersion> Merge(MergeModelRequest request, ServerCallContext context)
    {
        Merged = request;
        ModelVersion merged = Model(request.Name, ModelTask.TextGeneration, "local");
        merged.Version = "0123456789abcdef";
        return Task.FromResult(merged);
    }

    private static ModelVersion Model(string name, ModelTask task, string tenant) => new()
    {
        Name = name,
        Task = task,
        Tenant = tenant,
        CreatedAt = Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(1_700_000_000)),
    };
}

/// <summary>Knows one key; accepts callers without one as long as <see cref="KeyNeeded"/> is not set.</summary>
internal sealed class FakeIdentity : Contracts.Internal.V1.Identity.IdentityBase
{
    public const string Secret = "llm-0123456789";

    public const string Tenant = "acme";

    public static bool KeyNeeded { get; set; }

    public override Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context) => Task.FromResult(request.Secret switch
    {
        "" => new ResolveKeyResponse { Accepted = !KeyNeeded, Tenant = "local", Roles = { "admin", "user" } },
        Secret => new ResolveKeyResponse { Accepted = true, KeyId = "k1", Tenant = Tenant, Roles = { "user" } },
        _ => new ResolveKeyResponse(),
    });
}
