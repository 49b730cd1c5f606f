using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Tests.Registry;

public sealed class DeleteTests : RegistryFixture
{
    [Fact]
    public async Task A_version_that_an_alias_points_at_stays()
    {
        string first = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny", null, "stable")).Version;
        string second = (await A.RegisterFolderAsync(await DecoderAsync(2), "tiny")).Version;
        await NeededByAsync(["alias default", "alias stable"], first);

        await DeleteAsync(second);
        await Refusal.NotFoundAsync(async () => await A.Models.GetAsync(new GetModelRequest { Model = $"tiny@{second}" }));
        await Refusal.NotFoundAsync(() => DeleteAsync(second));
        Assert.Equal(first, (await A.Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version);
    }

    [Fact]
    public async Task A_full_model_that_was_trained_from_another_does_not_need_it()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        await A.RegisterFolderAsync(await DecoderAsync(2), "tuned", "tiny");
        await DeleteAsync("");
        Assert.Equal($"tiny@{tiny.Version}", (await A.Models.GetAsync(new GetModelRequest { Model = "tuned" })).Lineage.Base);
    }

    [Theory]
    [InlineData("collection")]
    [InlineData("job")]
    [InlineData("adapter")]
    public async Task A_version_that_another_service_holds_stays_until_it_is_released(string kind)
    {
        string version = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny")).Version;
        VersionHolder holder = new() { Tenant = "a", Kind = kind, Id = "x-1" };
        Contracts.Internal.V1.Registry.RegistryClient registry = Host.Registry();
        await registry.HoldVersionAsync(new HoldVersionRequest { Name = "tiny", Version = version, Holder = holder });
        await registry.HoldVersionAsync(new HoldVersionRequest { Name = "tiny", Version = version, Holder = holder });
        await NeededByAsync([$"{kind} x-1"], "");

        await registry.ReleaseVersionAsync(new ReleaseVersionRequest { Holder = new VersionHolder { Tenant = "b", Kind = kind, Id = "x-1" } });
        await NeededByAsync([$"{kind} x-1"], "");
        await registry.ReleaseVersionAsync(new ReleaseVersionRequest { Holder = holder });
        await DeleteAsync("");
    }

    [Fact]
    public async Task Whoever_holds_and_whoever_deletes_at_once_agree_on_what_happened()
    {
        for (int round = 0; round < 8; round++)
        {
            string version = (await A.RegisterFolderAsync(await DecoderAsync(10 + round), "tiny")).Version;
            VersionHolder holder = new() { Tenant = "a", Kind = "job", Id = $"job-{round}" };
            Task<StatusCode> hold = StatusAsync(async () => await Host.Registry().HoldVersionAsync(new HoldVersionRequest { Name = "tiny", Version = version, Holder = holder }));
            Task<StatusCode> delete = StatusAsync(() => DeleteAsync(""));
            (StatusCode held, StatusCode deleted) = (await hold, await delete);
            Assert.True(
                (held, deleted) is (StatusCode.OK, StatusCode.FailedPrecondition) or (StatusCode.NotFound, StatusCode.OK), $"held: {held}, deleted: {deleted}");
            await Host.Registry().ReleaseVersionAsync(new ReleaseVersionRequest { Holder = holder });
            await StatusAsync(() => DeleteAsync(""));
        }
    }

    [Fact]
    public async Task A_holder_of_another_tenant_finds_nothing_and_wrong_holders_are_refused_by_field()
    {
        string version = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny")).Version;
        Task HoldAsync(string name, string kind, string tenant, string id) => Host.Registry().HoldVersionAsync(
            new HoldVersionRequest { Name = name, Version = version, Holder = new VersionHolder { Tenant = tenant, Kind = kind, Id = id } }).ResponseAsync;
        await Refusal.NotFoundAsync(() => HoldAsync("tiny", "job", "b", "1"));
        await Refusal.OfFieldAsync("name", () => HoldAsync("a b", "job", "a", "1"));
        await Refusal.OfFieldAsync("holder.kind", () => HoldAsync("tiny", "friend", "a", "1"));
        await Refusal.OfFieldAsync("holder.tenant", () => HoldAsync("tiny", "job", "", "1"));
        await Refusal.OfFieldAsync("holder.id", () => HoldAsync("tiny", "job", "a", ""));
    }

    [Fact]
    public async Task Foreign_and_missing_models_are_the_same_to_a_caller()
    {
        await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        RpcException foreign = await Refusal.WithAsync(StatusCode.NotFound, async () => await B.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" }));
        RpcException missing = await Refusal.WithAsync(StatusCode.NotFound, async () => await B.Models.DeleteAsync(new DeleteModelRequest { Name = "none" }));
        Assert.Equal(missing.Status.Detail.Replace("none", "tiny", StringComparison.Ordinal), foreign.Status.Detail);
        await Refusal.NotFoundAsync(() => B.DownloadModelAsync("tiny"));
        Assert.Empty((await B.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models);

        // The same name is free for another tenant.
        await B.RegisterFolderAsync(await DecoderAsync(), "tiny");
        await B.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" });
        Assert.Single((await A.Models.ListAsync(new ListModelsRequest())).Models);
    }

    [Fact]
    public async Task Every_change_and_nothing_else_grows_the_revision_that_its_tenant_sees()
    {
        long last = await RevisionAsync(A);
        async Task GrowsAsync(Func<Task> change, bool grows = true)
        {
            long all = (await Host.Registry().GetRevisionAsync(new GetRevisionRequest())).Revision;
            await change();
            long now = await RevisionAsync(A);
            Assert.Equal(grows, now > last);
            Assert.Equal(grows, (await Host.Registry().GetRevisionAsync(new GetRevisionRequest())).Revision > all);
            last = now;
        }

        string folder = await DecoderAsync();
        string version = "";
        await GrowsAsync(async () => version = (await A.RegisterFolderAsync(folder, "tiny")).Version);
        await GrowsAsync(async () => await A.Models.PromoteAsync(new PromoteRequest { Name = "tiny", Alias = "x", Version = version }));
        await GrowsAsync(() => Refusal.WithAsync(StatusCode.FailedPrecondition, () => DeleteAsync(version)), grows: false);
        await GrowsAsync(() => A.DownloadModelAsync("tiny"), grows: false);
        await GrowsAsync(() => DeleteAsync(""));
        Assert.Equal(0, await RevisionAsync(B));
        await using ModelDbContext database = await Host.DatabaseAsync();
        Assert.Equal((0, 0, 0), (await database.ModelVersions.CountAsync(), await database.ModelFiles.CountAsync(), await database.Aliases.CountAsync()));
    }

    private static async Task<long> RevisionAsync(Caller caller) => (await caller.Models.ListAsync(new ListModelsRequest())).RegistryRevision;

    private static async Task<StatusCode> StatusAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException error)
        {
            return error.StatusCode;
        }
    }

    private async Task DeleteAsync(string version) => await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny", Version = version });

    private async Task NeededByAsync(string[] needs, string version)
    {
        RpcException error = await Refusal.WithAsync(StatusCode.FailedPrecondition, () => DeleteAsync(version));
        Assert.Equal(needs.Select(need => $"needed by {need}").Order(), error.GetPreconditionViolations().Select(violation => violation.Description).Order());
        Assert.All(needs, need => Assert.Contains(need, error.Status.Detail, StringComparison.Ordinal));
    }
}
