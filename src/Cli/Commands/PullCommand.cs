using System.CommandLine;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Pull;

namespace LlmPlatform.Cli.Commands;

/// <summary><c>llm pull ID</c>: fetches a model from the Hugging Face Hub and registers it.</summary>
internal static class PullCommand
{
    private static readonly Argument<string> Id = new("id") { Description = "Hugging Face id, for example HuggingFaceTB/SmolLM2-135M-Instruct." };
    private static readonly Option<string> Revision = new("--revision") { Description = "Branch, tag or commit.", DefaultValueFactory = _ => "main" };
    private static readonly Option<string?> Name = new("--name") { Description = "Name to register it by. Default: the last part of the id." };
    private static readonly Option<string[]> Include = new("--include") { Description = "Pattern of the weights to fetch instead of safetensors, for example *Q4_1.gguf." };
    private static readonly Option<string?> Folder = new("--folder")
    {
        Description = "Where the files are kept; a pull that was broken off goes on from there. Default: ~/.cache/llmplatform/pull.",
    };

    public static Command Create()
    {
        Command command = new("pull", "Fetch a model from the Hugging Face Hub (HF_ENDPOINT, HF_TOKEN) and register it.") { Id, Revision, Name, Include, Folder };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string id = parsed.GetValue(Id)!;
        string folder = parsed.GetValue(Folder) ?? DefaultFolder(id);
        using HubClient hub = new(HubClientOptions.FromEnvironment(), TimeProvider.System);
        PullResult result = await output.ProgressAsync(bars => hub.PullAsync(
            id,
            parsed.GetValue(Revision)!,
            folder,
            parsed.GetValue(Include) ?? [],
            new PullBars(bars, output),
            cancellation));
        string name = parsed.GetValue(Name) ?? id.Split('/')[^1];
        ModelVersion version = await ModelUpload.UploadAsync(connection, output, result.Folder, name, $"{id}@{result.Commit}", cancellation);
        ModelsCommand.Report(output, version, "pulled and registered");
    }

    private static string DefaultFolder(string id)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "llmplatform", "pull", id.Replace("/", "--", StringComparison.Ordinal));
    }

    // Progress<T> would report from other threads, out of order.
    private sealed class PullBars(ProgressBars bars, CommandOutput output) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            bars.Report(value.File, value.FileBytes, value.FileLength ?? value.FileBytes);
            if (value.Note is { } note)
            {
                output.Note($"{value.File}: {note}");
            }
        }
    }
}
