using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>The commands against a running platform.</summary>
public sealed class CommandTests(PlatformFixture platform) : IDisposable
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Interrupted = 130;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Models_are_added_listed_and_deleted()
    {
        string path = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "added-by-command"), seed: 11);
        JsonNode added = (await RunAsync("models", "add", path, "--json")).Succeeded().Json;
        Assert.Equal("added-by-command", (string?)added["name"]);
        Assert.Equal("text-generation", (string?)added["task"]);
        Assert.Equal("local", (string?)added["tenant"]);
        Assert.Equal(
            Directory.EnumerateFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            added["files"]!.AsArray().Select(file => (string?)file!["path"]).Order(StringComparer.Ordinal));

        LlmResult list = (await RunAsync("models", "list", "--json")).Succeeded();
        Assert.Empty(list.Errors);
        JsonNode listed = Assert.Single(list.Json.AsArray(), model => (string?)model!["name"] == "added-by-command")!;
        Assert.Equal((string?)added["version"], (string?)listed["version"]);
        Assert.Contains(list.Json.AsArray(), model => (string?)model!["name"] == PlatformFixture.TinyEncoder);

        Assert.Contains("added-by-command", (await RunAsync("models", "list")).Succeeded().Output, StringComparison.Ordinal);
        (await RunAsync("chat", "hello", "--model", "added-by-command", "--max-tokens", "2")).Succeeded();

        Assert.True((bool)(await RunAsync("models", "delete", "added-by-command", "--json")).Succeeded().Json["deleted"]!);
        JsonArray rest = (await RunAsync("models", "list", "--json")).Succeeded().Json.AsArray();
        Assert.DoesNotContain(rest, model => (string?)model!["name"] == "added-by-command");
    }

    [Fact]
    public async Task A_chat_is_streamed_text_or_one_document()
    {
        string[] chat = ["chat", "the cat", "--model", PlatformFixture.TinyDecoder, "--temperature", "0", "--max-tokens", "8"];
        LlmResult text = (await RunAsync(chat)).Succeeded();
        JsonNode document = (await RunAsync([.. chat, "--json"])).Succeeded().Json;
        Assert.Equal(text.Output.TrimEnd('\r', '\n'), (string?)document["content"]);
        Assert.Equal(PlatformFixture.TinyDecoder, (string?)document["model"]);
        Assert.True((int)document["usage"]!["prompt_tokens"]! > 0);
        Assert.InRange((int)document["usage"]!["completion_tokens"]!, 1, 8);
        Assert.Contains((string?)document["finish_reason"], new[] { "stop", "length" });
    }

    [Fact]
    public async Task Texts_become_vectors()
    {
        JsonNode document = (await RunAsync("embed", "the cat", "a dog", "--model", PlatformFixture.TinyEncoder, "--json")).Succeeded().Json;
        Assert.Equal(16, (int)document["dimensions"]!);
        Assert.Equal(2, document["embeddings"]!.AsArray().Count);
        foreach (JsonNode? embedding in document["embeddings"]!.AsArray())
        {
            double[] values = [.. embedding!.AsArray().Select(value => (double)value!)];
            Assert.Equal(16, values.Length);
            Assert.Equal(1, Math.Sqrt(values.Sum(value => value * value)), 1e-5);
        }

        LlmResult table = (await RunAsync("embed", "the cat", "the cat", "--model", PlatformFixture.TinyEncoder)).Succeeded();
        Assert.Contains("1.0000", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_platform_refuses_is_one_line_and_exit_code_1()
    {
        LlmResult text = await RunAsync("chat", "hello", "--model", "no-such-model");
        Assert.Equal(Failure, text.ExitCode);
        Assert.Empty(text.Output);
        string line = Assert.Single(text.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains("no-such-model", line, StringComparison.Ordinal);

        LlmResult json = await RunAsync("chat", "hello", "--model", "no-such-model", "--json");
        Assert.Equal(Failure, json.ExitCode);
        Assert.Empty(json.Output);
        JsonNode error = JsonNode.Parse(json.Errors)!["error"]!;
        Assert.Equal("NOT_FOUND", (string?)error["code"]);
        Assert.Contains("no-such-model", (string?)error["message"], StringComparison.Ordinal);

        LlmResult invalid = await RunAsync("chat", "hello", "--model", PlatformFixture.TinyDecoder, "--temperature", "9", "--json");
        Assert.Equal(Failure, invalid.ExitCode);
        JsonNode refused = JsonNode.Parse(invalid.Errors)!["error"]!;
        Assert.Equal("INVALID_ARGUMENT", (string?)refused["code"]);
        Assert.Contains("temperature", (string?)Assert.Single(refused["field_violations"]!.AsArray())!["field"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_model_is_refused_before_anything_travels()
    {
        string path = Path.Combine(_folder, "no-model");
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "pytorch_model.bin"), "x");
        LlmResult result = await RunAsync("models", "add", path);
        Assert.Equal(Failure, result.ExitCode);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("pytorch_model.bin", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_platform_at_the_address_is_said_by_its_name()
    {
        using Socket free = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndPoint!).Port}";
        LlmResult result = await RunAsync("models", "list", "--server", address);
        Assert.Equal(Failure, result.ExitCode);
        Assert.Contains(address, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://127.0.0.1")]
    public async Task What_is_no_address_is_refused_by_name(string address)
    {
        LlmResult option = await RunAsync("models", "list", "--server", address);
        Assert.Equal(Usage, option.ExitCode);
        Assert.Contains($"--server: '{address}' is not an http or https address", option.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", option.Errors, StringComparison.Ordinal);

        LlmResult variable = await Llm.RunAsync(platform.Platform.Grpc, new Dictionary<string, string> { ["LLM_SERVER"] = address }, "models", "list");
        Assert.Equal(Usage, variable.ExitCode);
        Assert.Contains($"LLM_SERVER: '{address}' is not an http or https address", variable.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", variable.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_chat_with_130()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no signals to send to another process");
        }

        string endless = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "endless"), maxPositions: 1 << 20);
        string config = Path.Combine(endless, "config.json");
        JsonNode withoutEnd = JsonNode.Parse(await File.ReadAllTextAsync(config))!;
        withoutEnd.AsObject().Remove("eos_token_id");
        await File.WriteAllTextAsync(config, withoutEnd.ToJsonString());
        await using PlatformProcess own = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = new Dictionary<string, string> { ["endless"] = endless },
        });

        using Llm llm = Llm.Start(own.Grpc, new Dictionary<string, string>(), "chat", "the cat", "--model", "endless", "--temperature", "0");
        Assert.True(await llm.Output.ReadAsync(new char[4]) > 0);
        llm.SendInterrupt();
        LlmResult result = await llm.WaitAsync();
        Assert.Equal(Interrupted, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(platform.Platform.Grpc, arguments);
}
