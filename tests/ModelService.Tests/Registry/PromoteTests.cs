using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Tests.Support;

namespace LlmPlatform.ModelService.Tests.Registry;

public sealed class PromoteTests : RegistryFixture
{
    [Fact]
    public async Task An_alias_moves_only_from_where_the_caller_thinks_it_is()
    {
        string first = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny")).Version;
        string second = (await A.RegisterFolderAsync(await DecoderAsync(2), "tiny")).Version;

        await Refusal.WithAsync(StatusCode.Aborted, () => PromoteAsync(second, "default", expected: second));
        await Refusal.WithAsync(StatusCode.Aborted, () => PromoteAsync(second, "default", expected: ""));
        await Refusal.WithAsync(StatusCode.Aborted, () => PromoteAsync(second, "new", expected: first));
        Assert.Equal(first, (await A.Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version);

        ModelVersion promoted = await PromoteAsync(second, "default", expected: first);
        Assert.Equal((second, "default"), (promoted.Version, Assert.Single(promoted.Aliases)));
        Assert.Equal(second, (await A.Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version);

        await PromoteAsync(first, "new", expected: "");
        await PromoteAsync(second, "new", expected: null);
        Assert.Equal(second, (await A.Models.GetAsync(new GetModelRequest { Model = "tiny@new" })).Version);
    }

    [Fact]
    public async Task Of_many_who_swap_at_once_one_wins()
    {
        string first = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny")).Version;
        string second = (await A.RegisterFolderAsync(await DecoderAsync(2), "tiny")).Version;
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            try
            {
                await PromoteAsync(second, "default", expected: first);
                return true;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Aborted)
            {
                return false;
            }
        }));
        Assert.Single(won, true);
    }

    [Fact]
    public async Task What_is_missing_foreign_or_malformed_is_refused()
    {
        string version = (await A.RegisterFolderAsync(await DecoderAsync(), "tiny")).Version;
        await Refusal.NotFoundAsync(() => PromoteAsync(new string('0', 64), "default", null));
        await Refusal.NotFoundAsync(async () => await B.Models.PromoteAsync(new PromoteRequest { Name = "tiny", Alias = "default", Version = version }));
        await Refusal.OfFieldAsync("alias", () => PromoteAsync(version, "", null));
        await Refusal.OfFieldAsync("alias", () => PromoteAsync(version, "deadbeef", null));
        await Refusal.OfFieldAsync("version", () => PromoteAsync("", "default", null));
    }

    private async Task<ModelVersion> PromoteAsync(string version, string alias, string? expected)
    {
        PromoteRequest request = new() { Name = "tiny", Alias = alias, Version = version };
        if (expected is not null)
        {
            request.ExpectedVersion = expected;
        }

        return await A.Models.PromoteAsync(request);
    }
}
