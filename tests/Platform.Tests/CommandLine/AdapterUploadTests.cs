using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm models add FOLDER --base NAME</c>: an adapter that was trained elsewhere.</summary>
public sealed class AdapterUploadTests(PlatformFixture platform) : IDisposable
{
    private const int Failure = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-cli-adapter-").FullName;
    private readonly Models.ModelsClient _models = new(platform.Grpc);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_adapter_is_added_over_its_base_and_chatted_with()
    {
        string path = await TinyAdapters.WriteAsync(Path.Combine(_folder, "tuned-by-hand"));
        JsonNode added = (await RunAsync("models", "add", path, "--base", PlatformFixture.TinyDecoder, "--json")).Succeeded().Json;
        Assert.Equal("tuned-by-hand", (string?)added["name"]);
        Assert.Equal("text-generation", (string?)added["task"]);

        // An alias was given; what is kept is the version that it stood for.
        ModelVersion tiny = await _models.GetAsync(new GetModelRequest { Model = PlatformFixture.TinyDecoder });
        ModelVersion version = await _models.GetAsync(new GetModelRequest { Model = "tuned-by-hand" });
        Assert.Equal(($"{tiny.Name}@{tiny.Version}", "LORA"), (version.Lineage.Base, version.PeftType));

        string[] chat = ["chat", "the cat sits on the mat", "--temperature", "0", "--max-tokens", "16", "--json", "--model"];
        string? plain = (string?)(await RunAsync([.. chat, PlatformFixture.TinyDecoder])).Succeeded().Json["content"];
        string? tuned = (string?)(await RunAsync([.. chat, "tuned-by-hand"])).Succeeded().Json["content"];
        Assert.NotEqual(plain, tuned);

        // The same once more, by the version's hash and under another name.
        (await RunAsync("models", "add", path, "--name", "tuned-again", "--base", $"{tiny.Name}@{tiny.Version}")).Succeeded();
        (await RunAsync("models", "delete", "tuned-again")).Succeeded();
        (await RunAsync("models", "delete", "tuned-by-hand")).Succeeded();
    }

    [Fact]
    public async Task An_adapter_without_its_base_is_refused_before_anything_travels()
    {
        string path = await TinyAdapters.WriteAsync(Path.Combine(_folder, "no-base"));
        Assert.Contains("--base: ", await RefusedAsync("models", "add", path), StringComparison.Ordinal);
        await AssertAbsentAsync("no-base");
    }

    [Fact]
    public async Task A_base_that_is_not_there_or_does_not_fit_is_refused_by_name()
    {
        string path = await TinyAdapters.WriteAsync(Path.Combine(_folder, "unfit"));
        Assert.Contains("no-such-base", await RefusedAsync("models", "add", path, "--base", "no-such-base"), StringComparison.Ordinal);
        Assert.Contains("lineage.base", await RefusedAsync("models", "add", path, "--base", PlatformFixture.TinyEncoder), StringComparison.Ordinal);

        string other = await TinyAdapters.WriteAsync(Path.Combine(_folder, "other-rank"), change: config => config["r"] = 3);
        Assert.Contains("lora_A", await RefusedAsync("models", "add", other, "--base", PlatformFixture.TinyDecoder), StringComparison.Ordinal);
        await AssertAbsentAsync("unfit");
        await AssertAbsentAsync("other-rank");
    }

    [Fact]
    public async Task A_whole_model_says_what_it_was_trained_from()
    {
        string path = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "trained-from"), seed: 31);
        (await RunAsync("models", "add", path, "--base", PlatformFixture.TinyDecoder)).Succeeded();
        ModelVersion version = await _models.GetAsync(new GetModelRequest { Model = "trained-from" });
        Assert.StartsWith(PlatformFixture.TinyDecoder + "@", version.Lineage.Base, StringComparison.Ordinal);
        (await RunAsync("models", "delete", "trained-from")).Succeeded();
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        LlmResult result = await RunAsync(arguments);
        Assert.Equal(Failure, result.ExitCode);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        return result.Errors;
    }

    private async Task AssertAbsentAsync(string name) => Assert.DoesNotContain(
        (await RunAsync("models", "list", "--all-versions", "--json")).Succeeded().Json.AsArray(), model => (string?)model!["name"] == name);

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(platform.Platform.Grpc, arguments);
}
