using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.ModelService.Tests.Registry;

public sealed class AdapterTests : RegistryFixture
{
    [Fact]
    public async Task An_adapter_is_what_its_base_is_and_pins_its_version()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        RegisterModelRequest request = await A.UploadFolderAsync(await AdapterAsync(), "polite");
        request.Lineage = new Lineage { Base = Pin(tiny), DataHash = "d", Metrics = { ["eval_before/loss"] = 2.5, ["eval_after/loss"] = 1.5 } };
        ModelVersion adapter = await A.Models.RegisterAsync(request);

        Assert.Equal(("LORA", tiny.ModelType, tiny.Task), (adapter.PeftType, adapter.ModelType, adapter.Task));
        Assert.Equal((tiny.MaxPositionEmbeddings, true, true), (adapter.MaxPositionEmbeddings, adapter.HasTokenizer, adapter.HasChatTemplate));
        Assert.Equal((Pin(tiny), tiny.Size), (adapter.Lineage.Base, adapter.BaseSize));
        Assert.Equal((2.5, 1.5), (adapter.Lineage.Metrics["eval_before/loss"], adapter.Lineage.Metrics["eval_after/loss"]));
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], adapter.Files.Select(file => file.Path));
        Assert.Equal(("", 0L), (tiny.PeftType, tiny.BaseSize));
        Assert.Equal(adapter, await A.Models.GetAsync(new GetModelRequest { Model = "polite" }));
        Assert.Equal(["polite", "tiny"], (await A.Models.ListAsync(new ListModelsRequest { Tasks = { ModelTask.TextGeneration } })).Models.Select(model => model.Name));

        // Another version of the base does not matter to it.
        ModelVersion next = await A.RegisterFolderAsync(await DecoderAsync(2), "tiny", null, "default");
        Assert.Equal(Pin(tiny), (await A.Models.GetAsync(new GetModelRequest { Model = "polite" })).Lineage.Base);
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "polite" });
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny", Version = tiny.Version });
        Assert.NotEqual(tiny.Version, next.Version);
    }

    [Fact]
    public async Task A_base_stays_while_its_adapter_does()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        ModelVersion adapter = await A.RegisterFolderAsync(await AdapterAsync(), "polite", Pin(tiny));
        await A.RegisterFolderAsync(await DecoderAsync(2), "tiny", null, "default");
        foreach (string version in (string[])["", tiny.Version])
        {
            RpcException refusal = await Refusal.WithAsync(
                StatusCode.FailedPrecondition, async () => await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny", Version = version }));
            Assert.Contains($"adapter polite@{adapter.Version}", refusal.Status.Detail, StringComparison.Ordinal);
        }

        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "polite" });
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" });
        Assert.Empty((await A.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models);
    }

    [Fact]
    public async Task An_adapter_under_the_name_of_its_base_goes_with_the_whole_model()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        await A.RegisterFolderAsync(await AdapterAsync(), "tiny", Pin(tiny), "default");
        await Refusal.WithAsync(
            StatusCode.FailedPrecondition, async () => await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny", Version = tiny.Version }));
        await A.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" });
        Assert.Empty((await A.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models);
    }

    [Fact]
    public async Task A_base_must_be_named_by_its_hash_readable_and_a_full_model_for_text()
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        ModelVersion encoder = await A.RegisterFolderAsync(await EncoderAsync(), "encoder");
        ModelVersion adapter = await A.RegisterFolderAsync(await AdapterAsync(), "polite", Pin(tiny));
        string folder = await AdapterAsync(2);
        string unknown = new('a', 64);
        foreach (string? wrong in (string?[])[null, "tiny", "tiny@default", $"tiny@{unknown}", "none@12345678", Pin(encoder), Pin(adapter), "a b"])
        {
            await Refusal.OfFieldAsync("lineage.base", () => A.RegisterFolderAsync(folder, "rude", wrong));
        }

        // Not for another tenant, and in the same words as one that is not there.
        await Refusal.OfFieldAsync("lineage.base", () => B.RegisterFolderAsync(folder, "rude", Pin(tiny)));
        Assert.Equal("rude", (await A.RegisterFolderAsync(folder, "rude", $"tiny@{tiny.Version[..12]}")).Name);
    }

    [Theory]
    [InlineData("r", "3", "lora_A")]
    [InlineData("r", "0", "r:")]
    [InlineData("peft_type", "\"LOHA\"", "peft_type")]
    [InlineData("task_type", "\"SEQ_CLS\"", "task_type")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "modules_to_save")]
    [InlineData("target_modules", "[\"query\"]", "target_modules")]
    [InlineData("target_modules", "[\"q_proj\"]", "expected only tensors")]
    [InlineData("target_modules", "\"(\"", "regular expression")]
    [InlineData("use_dora", "true", "lora_magnitude_vector")]
    [InlineData("init_lora_weights", "\"pissa\"", "init_lora_weights")]
    public async Task What_does_not_fit_or_is_not_supported_is_refused_by_name(string key, string value, string named)
    {
        ModelVersion tiny = await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        string folder = await AdapterAsync(1, config => config[key] = System.Text.Json.Nodes.JsonNode.Parse(value));
        RpcException refusal = await Refusal.WithAsync(StatusCode.InvalidArgument, () => A.RegisterFolderAsync(folder, "polite", Pin(tiny)));
        Assert.Contains(named, refusal.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_files_over_another_base_need_another_name()
    {
        ModelVersion first = await A.RegisterFolderAsync(await DecoderAsync(), "first");
        ModelVersion second = await A.RegisterFolderAsync(await DecoderAsync(2), "second");
        string folder = await AdapterAsync();
        ModelVersion adapter = await A.RegisterFolderAsync(folder, "polite", Pin(first));
        Assert.Equal(adapter, await A.RegisterFolderAsync(folder, "polite", Pin(first)));
        await Refusal.WithAsync(StatusCode.FailedPrecondition, () => A.RegisterFolderAsync(folder, "polite", Pin(second)));
        Assert.Equal(Pin(second), (await A.RegisterFolderAsync(folder, "polite-2", Pin(second))).Lineage.Base);
    }

    private static string Pin(ModelVersion version) => $"{version.Name}@{version.Version}";
}
