using System.Text.Json.Nodes;
using LlmPlatform.Hub.Tests.Pull;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm pull</c> from a server that drops a connection on the way.</summary>
public sealed class PullTests(PlatformFixture platform) : IDisposable
{
    private const string Token = "hf_only_for_this_test";
    private const string Weights = "model.safetensors";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-pull-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_pull_goes_on_after_a_dropped_connection_and_registers_the_model()
    {
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "model"), seed: 21);
        await using FakeHub hub = new();
        foreach (string path in Directory.EnumerateFiles(model))
        {
            hub.Add(Path.GetFileName(path), await File.ReadAllBytesAsync(path), large: Path.GetFileName(path) == Weights);
        }

        hub.Spoil(Weights, new Fault { DropAfter = 1000 });
        Dictionary<string, string> environment = new() { ["HF_ENDPOINT"] = hub.Endpoint.ToString(), ["HF_TOKEN"] = Token };
        LlmResult pulled = (await Llm.RunAsync(
            platform.Platform.Grpc, environment, "pull", "org/tiny", "--name", "pulled", "--folder", Path.Combine(_folder, "pull"), "--json")).Succeeded();

        // With --json nothing but the document is printed: no bars, no notes.
        Assert.Empty(pulled.Errors);
        Assert.Equal("pulled", (string?)pulled.Json["name"]);
        Assert.Equal(
            Directory.EnumerateFiles(model).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            pulled.Json["files"]!.AsArray().Select(file => (string?)file!["path"]).Order(StringComparer.Ordinal));
        SeenRequest[] weights = [.. hub.RequestsFor(Weights)];
        Assert.Equal(2, weights.Length);
        Assert.False(weights[0].Headers.ContainsKey("Range"));
        Assert.Equal("bytes=1000-", weights[1].Headers["Range"]);
        Assert.All(hub.Requests, request => Assert.Equal($"Bearer {Token}", request.Headers["Authorization"]));

        // It is a model like any other.
        JsonNode chat = (await Llm.RunAsync(platform.Platform.Grpc, "chat", "hello", "--model", "pulled", "--max-tokens", "3", "--json")).Succeeded().Json;
        Assert.Equal((string?)pulled.Json["version"], (string?)chat["version"]);

        // Once more: nothing is fetched that is there already, and people are told of progress, on standard error.
        LlmResult again = (await Llm.RunAsync(
            platform.Platform.Grpc, environment, "pull", "org/tiny", "--name", "pulled", "--folder", Path.Combine(_folder, "pull"))).Succeeded();
        Assert.Equal(2, hub.RequestsFor(Weights).Count());
        Assert.Contains("pulled and registered pulled@", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_without_the_model_is_an_error()
    {
        await using FakeHub hub = new();
        hub.Spoil("listing", new Fault { Status = 404 });
        LlmResult result = await Llm.RunAsync(
            platform.Platform.Grpc,
            new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Endpoint.ToString() },
            "pull", "org/absent", "--folder", Path.Combine(_folder, "absent"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("org/absent", result.Errors.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }
}
