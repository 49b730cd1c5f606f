using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli;
using LlmPlatform.Hub.Tests.Pull;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>With <c>--json</c> every command prints one document to standard output and nothing else anywhere.</summary>
public sealed class JsonOutputTests(TerminalPlatform platform) : IClassFixture<TerminalPlatform>, IDisposable
{
    // What works for hours, and what prints a script for a shell; they have tests of their own.
    private static readonly string[] Elsewhere = ["recipes run", "completion"];

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-json-").FullName;
    private readonly HashSet<string> _run = [];
    private string? _key;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_command_prints_one_document()
    {
        await ModelsAsync();
        await ChatAndEmbedAsync();
        await DocumentsAsync();
        await TrainingAsync();
        await PullAsync();
        await KeysAsync(); // Last: the first key ends access without one.

        IEnumerable<string> all = LlmCommand.Create().Subcommands.SelectMany(command => Names(command, ""));
        Assert.Empty(all.Except(_run).Except(Elsewhere));
    }

    private async Task ModelsAsync()
    {
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "added-as-json"), seed: 41);
        JsonNode added = await JsonAsync("models add", model);
        await JsonAsync("models list");
        await JsonAsync("models promote", "added-as-json", ((string)added["version"]!).Split('@')[^1], "--alias", "production");
        await JsonAsync("models delete", "added-as-json");
    }

    private async Task ChatAndEmbedAsync()
    {
        JsonNode chat = await JsonAsync("chat", "안녕 world", "--model", TerminalPlatform.Decoder, "--max-tokens", "4");
        Assert.NotNull(chat["content"]);
        JsonNode embedded = await JsonAsync("embed", "고양이", "--model", TerminalPlatform.Encoder);
        Assert.Single(embedded["embeddings"]!.AsArray());
    }

    private async Task DocumentsAsync()
    {
        string document = Path.Combine(_folder, "고양이.md");
        await File.WriteAllTextAsync(document, "# 고양이\n\n고양이는 하루에 열네 시간을 잔다.\n");
        await JsonAsync("ingest", document, "--collection", "json");
        JsonNode found = await JsonAsync("search", "고양이", "--collection", "json");
        Assert.Equal("고양이.md", (string?)found["results"]![0]!["filename"]);
        await JsonAsync("ask", "고양이는 하루에 몇 시간을 자나?", "--collection", "json");
        string questions = Path.Combine(_folder, "questions.jsonl");
        await File.WriteAllTextAsync(questions, """{"query": "고양이는 얼마나 자나?", "relevant": ["고양이.md"]}""");
        await JsonAsync("eval retrieval", questions, "--collection", "json");
        await JsonAsync("collections list");
        await JsonAsync("collections delete", "json");
    }

    private async Task TrainingAsync()
    {
        string recipe = await TerminalPlatform.WriteRecipeAsync(_folder, steps: 20_000);
        string id = (string)(await JsonAsync("train", recipe))["id"]!;
        await JsonAsync("jobs");
        await JsonAsync("jobs", id);
        await JsonAsync("jobs pause", id);
        await JsonAsync("jobs resume", id);
        await JsonAsync("jobs cancel", id);
        await JsonAsync("train", "--schema");
        await JsonAsync("recipes list");

        string adapter = await TerminalPlatform.WriteRecipeAsync(_folder, steps: 2, "lora: {r: 2}");
        JsonNode trained = await JsonAsync("train", adapter, "--name", "adapter", "--watch");
        Assert.Equal("succeeded", (string?)trained["status"]);
        await JsonAsync("models merge", (string)trained["output_version"]!);
    }

    private async Task PullAsync()
    {
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "on-the-hub"), seed: 42);
        await using FakeHub hub = new();
        foreach (string path in Directory.EnumerateFiles(model))
        {
            hub.Add(Path.GetFileName(path), await File.ReadAllBytesAsync(path), large: Path.GetExtension(path) == ".safetensors");
        }

        Dictionary<string, string> environment = new() { ["HF_ENDPOINT"] = hub.Endpoint.ToString() };
        await JsonAsync("pull", environment, "org/tiny", "--name", "pulled-as-json", "--folder", Path.Combine(_folder, "pull"));
    }

    private async Task KeysAsync()
    {
        _key = (string)(await JsonAsync("keys create", "first", "--role", "admin"))["secret"]!;
        string id = (string)(await JsonAsync("keys create", "second"))["id"]!;
        await JsonAsync("keys list");
        await JsonAsync("keys revoke", id);
    }

    private Task<JsonNode> JsonAsync(string command, params string[] arguments) => JsonAsync(command, new Dictionary<string, string>(), arguments);

    private async Task<JsonNode> JsonAsync(string command, Dictionary<string, string> environment, params string[] arguments)
    {
        _run.Add(command);
        if (_key is not null)
        {
            environment["LLM_API_KEY"] = _key;
        }

        LlmResult result = await Llm.RunAsync(platform.Server, environment, [.. command.Split(' '), .. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, $"{command}: exit code {result.ExitCode}: {result.Errors}{result.Output}");
        Assert.Empty(result.Errors);
        return result.Json;
    }

    // Commands that do something: those without subcommands, and jobs, which has some.
    private static IEnumerable<string> Names(Command command, string before)
    {
        string name = $"{before}{command.Name}";
        IEnumerable<string> below = command.Subcommands.SelectMany(one => Names(one, $"{name} "));
        return command.Action is null && command.Subcommands.Count > 0 ? below : below.Prepend(name);
    }
}
