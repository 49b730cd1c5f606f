using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.ServiceDefaults.Identity;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Platform.Tests.Tenancy;

/// <summary>No tenant reaches what is another's: every RPC of every service, called at the services' own port.</summary>
public sealed class TenancyTests(TenancyPlatform platform) : IClassFixture<TenancyPlatform>
{
    private const string InternalPackage = "llmplatform.internal.";
    private const string Intruder = "tenant-b";

    [Fact]
    public async Task Every_rpc_has_a_case_and_every_case_an_rpc()
    {
        IReadOnlyList<string> rpcs = await ServiceReflection.ListRpcsAsync(platform.Services, "llmplatform.");
        Assert.Equal(TenancyCases.All.Keys.Order(StringComparer.Ordinal), rpcs.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Roles.User)]
    [InlineData(Roles.Admin)]
    public async Task Another_tenant_gets_nowhere(string role)
    {
        string tenant = "tenant-a-" + role;
        CallInvoker owner = platform.As(tenant, Roles.User, Roles.Admin);
        TenantData data = await TenantSetup.CreateAsync(owner, tenant, Path.Combine(platform.Folder, tenant));
        CallInvoker intruder = platform.As(Intruder, role);
        List<string> failures = [];
        foreach (string rpc in await ServiceReflection.ListRpcsAsync(platform.Services, "llmplatform."))
        {
            if (!TenancyCases.All.TryGetValue(rpc, out Func<CallInvoker, TenantData, Task>? run))
            {
                failures.Add($"{rpc}: has no case");
                continue;
            }

            if (await Record.ExceptionAsync(() => run(intruder, data)) is { } exception)
            {
                failures.Add($"{rpc}: {exception.Message}");
            }
        }

        Assert.Empty(failures);
        await AssertWholeAsync(owner, data);
    }

    [Fact]
    public async Task Each_case_notices_what_the_owner_may_do()
    {
        const string Tenant = "tenant-c";
        CallInvoker owner = platform.As(Tenant, Roles.User, Roles.Admin);
        TenantData data = await TenantSetup.CreateAsync(owner, Tenant, Path.Combine(platform.Folder, Tenant));

        // What ends things comes last, documents before their collection.
        string[] ends = ["/Delete", "/Revoke", "/DeleteDocument", "/DeleteCollection"];
        string[] order = [.. TenancyCases.All.Keys.OrderBy(rpc => Array.FindIndex(ends, end => rpc.EndsWith(end, StringComparison.Ordinal)))];
        List<string> silent = [];
        foreach (string rpc in order)
        {
            CallInvoker caller = rpc.StartsWith(InternalPackage, StringComparison.Ordinal) ? platform.AsService(rpc[..rpc.IndexOf('/', StringComparison.Ordinal)]) : owner;
            if (await Record.ExceptionAsync(() => TenancyCases.All[rpc](caller, data)) is null)
            {
                silent.Add(rpc);
            }
        }

        Assert.Empty(silent);
    }

    [Fact]
    public async Task Without_a_token_no_rpc_answers()
    {
        foreach (string rpc in await ServiceReflection.ListRpcsAsync(platform.Services, "llmplatform."))
        {
            Assert.Equal((rpc, StatusCode.Unauthenticated), (rpc, await StatusOfAsync(platform.Services, rpc)));
        }
    }

    [Fact]
    public async Task The_gateway_does_not_know_internal_rpcs()
    {
        string[] rpcs = [.. (await ServiceReflection.ListRpcsAsync(platform.Services, InternalPackage))];
        Assert.NotEmpty(rpcs);
        foreach (string rpc in rpcs)
        {
            Assert.Equal((rpc, StatusCode.Unimplemented), (rpc, await StatusOfAsync(platform.Gateway(platform.AdminKey), rpc)));
        }

        Assert.Empty(await ServiceReflection.ListRpcsAsync(platform.Gateway(platform.AdminKey), InternalPackage));
    }

    [Theory]
    [InlineData(Intruder)]
    [InlineData(Tenants.Local)]
    public async Task Models_of_tenant_platform_are_readable_by_all_and_writable_by_none(string tenant)
    {
        CallInvoker caller = platform.As(tenant, Roles.User, Roles.Admin);
        Models.ModelsClient models = new(caller);
        ModelVersion shared = await models.GetAsync(new GetModelRequest { Model = TenancyPlatform.SharedModel });
        Assert.Equal(Tenants.Platform, shared.Tenant);
        Assert.Contains((await models.ListAsync(new ListModelsRequest())).Models, model => model.Name == TenancyPlatform.SharedModel);
        Assert.Contains(
            (await new Tokenizer.TokenizerClient(caller).ListTokenizersAsync(new ListTokenizersRequest())).Tokenizers,
            tokenizer => tokenizer.Model == TenancyPlatform.SharedModel);
        await ChatAsync(caller, TenancyPlatform.SharedModel);

        foreach (Func<Task> write in new Func<Task>[]
        {
            async () => await models.DeleteAsync(new DeleteModelRequest { Name = shared.Name }),
            async () => await models.DeleteAsync(new DeleteModelRequest { Name = shared.Name, Version = shared.Version }),
            async () => await models.PromoteAsync(new PromoteRequest { Name = shared.Name, Alias = "mine", Version = shared.Version }),
        })
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(write);
            Assert.True(refused.StatusCode is StatusCode.PermissionDenied or StatusCode.NotFound, $"{refused.Status}");
        }

        Assert.Equal(shared, await models.GetAsync(new GetModelRequest { Model = TenancyPlatform.SharedModel }));
    }

    private async Task AssertWholeAsync(CallInvoker owner, TenantData data)
    {
        Models.ModelsClient models = new(owner);
        ModelVersion decoder = await models.GetAsync(new GetModelRequest { Model = data.Decoder });
        Assert.Equal((data.DecoderVersion, data.Tenant), (decoder.Version, decoder.Tenant));
        Assert.Equal(["default"], decoder.Aliases);
        Assert.Equal(data.Encoder, (await models.GetAsync(new GetModelRequest { Model = data.Encoder })).Name);

        using AsyncServerStreamingCall<DownloadResponse> download = new Files.FilesClient(owner).Download(new DownloadRequest { Id = data.FileId });
        List<byte> content = [];
        await foreach (DownloadResponse part in download.ResponseStream.ReadAllAsync())
        {
            content.AddRange(part.Chunk);
        }

        Assert.Equal(TenantSetup.FileContent, content);
        ApiKey key = Assert.Single((await new ApiKeys.ApiKeysClient(owner).ListAsync(new ListApiKeysRequest())).Keys);
        Assert.Equal(data.KeyId, key.Id);
        Assert.Null(key.RevokedAt);

        RetrievalClient retrieval = new(owner);
        Document document = await retrieval.GetDocumentAsync(new GetDocumentRequest { CollectionId = data.Collection, Id = data.Document });
        Assert.Equal((DocumentStatus.Completed, 1), (document.Status, document.IndexedRevision));
        SearchResponse found = await retrieval.SearchAsync(new SearchRequest { CollectionId = data.Collection, Query = "heliotrope" });
        Assert.Equal(data.Document, Assert.Single(found.Results).Passage.DocumentId);

        // As the tenant's own people come in: with the key, through the gateway.
        await ChatAsync(platform.Gateway(data.KeySecret), data.Decoder);
    }

    private static async Task ChatAsync(CallInvoker caller, string model)
    {
        using AsyncServerStreamingCall<ChatResponse> call = new Generation.GenerationClient(caller).Chat(new ChatRequest
        {
            Model = model,
            Messages = { new ChatMessage { Role = "user", Content = "hello" } },
            Stopping = new StoppingParameters { MaxTokens = 2 },
        });
        ChatResponse? last = null;
        await foreach (ChatResponse part in call.ResponseStream.ReadAllAsync())
        {
            last = part;
        }

        Assert.True(last?.Usage?.CompletionTokens > 0);
    }

    /// <summary>Calls an RPC by name with one empty message, whatever its types are.</summary>
    private static async Task<StatusCode> StatusOfAsync(CallInvoker caller, string rpc)
    {
        Marshaller<byte[]> bytes = Marshallers.Create(message => message, message => message);
        string[] parts = rpc.Split('/');
        Method<byte[], byte[]> method = new(MethodType.DuplexStreaming, parts[0], parts[1], bytes, bytes);
        using AsyncDuplexStreamingCall<byte[], byte[]> call = caller.AsyncDuplexStreamingCall(method, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)));
        try
        {
            await foreach (byte[] _ in call.ResponseStream.ReadAllAsync())
            {
            }

            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
