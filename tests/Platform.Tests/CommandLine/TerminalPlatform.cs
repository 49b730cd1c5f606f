using System.Text.Json.Nodes;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>A platform of tiny models for the tests of the command line at a terminal and of its JSON.</summary>
public sealed class TerminalPlatform : IAsyncLifetime
{
    public const string Decoder = "tiny-decoder";
    public const string Encoder = "tiny-encoder";

    /// <summary>A decoder that never ends by itself.</summary>
    public const string Endless = "tiny-endless";

    private readonly string _samples = Directory.CreateTempSubdirectory("llmplatform-terminal-").FullName;
    private PlatformProcess? _platform;

    /// <summary>The gateway's gRPC port.</summary>
    public Uri Server => _platform!.Grpc;

    public async ValueTask InitializeAsync()
    {
        Dictionary<string, string> models = new()
        {
            [Decoder] = await TinyModels.WriteDecoderAsync(Path.Combine(_samples, Decoder)),
            [Encoder] = await TinyModels.WriteEncoderAsync(Path.Combine(_samples, Encoder)),
            [Endless] = await WriteEndlessAsync(Path.Combine(_samples, Endless)),
        };
        _platform = await PlatformProcess.StartAsync(new PlatformProcessOptions { Models = models });
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        Directory.Delete(_samples, recursive: true);
    }

    /// <summary>A recipe of supervised fine-tuning beside its conversations.</summary>
    /// <param name="more">Further lines.</param>
    /// <returns>The recipe's path.</returns>
    public static async Task<string> WriteRecipeAsync(string folder, int steps, string more = "")
    {
        IEnumerable<string> lines = Enumerable.Range(0, 8).Select(i =>
            $$"""{"messages":[{"role":"user","content":"what is the capital of {{(i % 2 == 0 ? "France" : "Korea")}} ?"},{"role":"assistant","content":"{{(i % 2 == 0 ? "Paris" : "Seoul")}} ."}]}""");
        await File.WriteAllLinesAsync(Path.Combine(folder, "conversations.jsonl"), lines);
        string path = Path.Combine(folder, "recipe.yaml");
        await File.WriteAllTextAsync(path, $"""
            objective: sft
            base_model: {Decoder}
            training_files: [conversations.jsonl]
            max_steps: {steps}
            logging_steps: 1
            per_device_train_batch_size: 2
            max_length: 64
            threads: 1
            {more}
            """);
        return path;
    }

    private static async Task<string> WriteEndlessAsync(string folder)
    {
        await TinyModels.WriteDecoderAsync(folder, seed: 5, maxPositions: 1 << 20);
        string config = Path.Combine(folder, "config.json");
        JsonObject withoutEnd = JsonNode.Parse(await File.ReadAllTextAsync(config))!.AsObject();
        withoutEnd.Remove("eos_token_id");
        await File.WriteAllTextAsync(config, withoutEnd.ToJsonString());
        return folder;
    }
}
