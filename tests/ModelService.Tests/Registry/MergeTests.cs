using System.Text.Json.Nodes;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Tests.Support;

namespace LlmPlatform.ModelService.Tests.Registry;

public sealed class MergeTests : RegistryFixture
{
    [Theory]
    [InlineData("float32", 4)]
    [InlineData("bfloat16", 2)]
    [InlineData("float16", 2)]
    [InlineData("", 2)]
    public async Task A_merged_model_is_full_and_says_what_it_is_made_of(string dtype, int bytes)
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        ModelVersion adapter = await A.RegisterFolderAsync(await AdapterAsync(), "polite", $"tiny@{tiny.Version}");
        int uploaded = (await A.ListFilesAsync()).Count;
        MergeModelRequest request = new() { Model = "polite", Name = "merged", Dtype = dtype, Aliases = { "new" }, RequestId = "r-1" };
        ModelVersion merged = await A.Models.MergeAsync(request);

        Assert.Equal(("merged", "", 0L), (merged.Name, merged.PeftType, merged.BaseSize));
        Assert.Equal(($"tiny@{tiny.Version}", $"polite@{adapter.Version}"), (merged.Lineage.Base, merged.Lineage.MergedFrom));
        Assert.Equal(["default", "new"], merged.Aliases);
        Assert.Equal((tiny.Task, tiny.ModelType, true, true), (merged.Task, merged.ModelType, merged.HasTokenizer, merged.HasChatTemplate));
        Assert.Equal(tiny.Files.Select(file => file.Path), merged.Files.Select(file => file.Path));
        Dictionary<string, byte[]> files = await A.DownloadModelAsync("merged");
        Dictionary<string, byte[]> original = await A.DownloadModelAsync("tiny");
        Assert.Equal(original["tokenizer.json"], files["tokenizer.json"]);
        Assert.Equal(dtype.Length > 0 ? dtype : "bfloat16", JsonNode.Parse(files["config.json"])!["dtype"]!.GetValue<string>());
        Assert.InRange((double)files["model.safetensors"].Length / original["model.safetensors"].Length, bytes / 4.0 - 0.05, bytes / 4.0 + 0.25);

        Assert.Equal(merged, await A.Models.MergeAsync(request));
        request.RequestId = "";
        Assert.Equal(merged, await A.Models.MergeAsync(request));

        // It is whole: neither adapter nor base are needed any more.
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "polite" });
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" });
        Assert.Equal(files.Count, (await A.DownloadModelAsync("merged")).Count);
        Assert.Equal(uploaded, (await A.ListFilesAsync()).Count);
    }

    [Fact]
    public async Task The_default_name_is_the_adapters()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        ModelVersion adapter = await A.RegisterFolderAsync(await AdapterAsync(), "polite", $"tiny@{tiny.Version}");
        ModelVersion merged = await A.Models.MergeAsync(new MergeModelRequest { Model = $"polite@{adapter.Version}" });
        Assert.Equal("polite", merged.Name);
        Assert.Equal(adapter.Version, (await A.Models.GetAsync(new GetModelRequest { Model = "polite" })).Version);
    }

    [Fact]
    public async Task What_cannot_be_merged_is_refused()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        await A.RegisterFolderAsync(await AdapterAsync(), "polite", $"tiny@{tiny.Version}");
        await Refusal.WithAsync(StatusCode.FailedPrecondition, async () => await A.Models.MergeAsync(new MergeModelRequest { Model = "tiny" }));
        await Refusal.NotFoundAsync(async () => await A.Models.MergeAsync(new MergeModelRequest { Model = "none" }));
        await Refusal.NotFoundAsync(async () => await B.Models.MergeAsync(new MergeModelRequest { Model = "polite" }));
        await Refusal.OfFieldAsync("dtype", async () => await A.Models.MergeAsync(new MergeModelRequest { Model = "polite", Dtype = "int8" }));
        await Refusal.OfFieldAsync("name", async () => await A.Models.MergeAsync(new MergeModelRequest { Model = "polite", Name = "a b" }));
        await Refusal.OfFieldAsync("aliases[0]", async () => await A.Models.MergeAsync(new MergeModelRequest { Model = "polite", Aliases = { "12345678" } }));
    }
}
