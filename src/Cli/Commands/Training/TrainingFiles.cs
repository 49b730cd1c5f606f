using Google.Protobuf.Collections;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Contracts.Uploads;
using File = System.IO.File;
using UploadedFile = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>Uploads the files of a recipe that are on this machine and puts their ids in their place.</summary>
internal sealed class TrainingFiles(Files.FilesClient files, string folder, ProgressBars bars)
{
    private const string Purpose = "fine-tune";

    private readonly Dictionary<string, string> _uploaded = new(StringComparer.Ordinal);

    /// <summary>Says what is wrong with the paths, before anything travels.</summary>
    /// <exception cref="CommandException">An entry is neither a file nor can be a file's id.</exception>
    public static void Check(Recipe recipe, string folder)
    {
        foreach ((string name, RepeatedField<string> entries) in Lists(recipe))
        {
            foreach (string entry in entries)
            {
                if (!File.Exists(Path.Combine(folder, entry)) && entry.AsSpan().ContainsAny("./\\"))
                {
                    throw new CommandException($"{name}: '{entry}' is no file in {folder}, nor can it be a file's id");
                }
            }
        }
    }

    public async Task UploadAsync(Recipe recipe, CancellationToken cancellation)
    {
        foreach ((_, RepeatedField<string> entries) in Lists(recipe))
        {
            for (int i = 0; i < entries.Count; i++)
            {
                string path = Path.Combine(folder, entries[i]);
                if (!File.Exists(path))
                {
                    continue;
                }

                if (!_uploaded.TryGetValue(path, out string? id))
                {
                    id = _uploaded[path] = (await UploadAsync(path, cancellation)).Id;
                }

                entries[i] = id;
            }
        }
    }

    private static IEnumerable<(string Name, RepeatedField<string> Entries)> Lists(Recipe recipe) =>
        [("training_files", recipe.TrainingFiles), ("validation_files", recipe.ValidationFiles)];

    private async Task<UploadedFile> UploadAsync(string path, CancellationToken cancellation)
    {
        string name = Path.GetFileName(path);
        await using FileStream stream = File.OpenRead(path);
        long length = stream.Length;
        return await UploadCall.UploadAsync(
            files, new UploadHeader { Filename = name, Purpose = Purpose }, stream, sent => bars.Report(name, sent, length), cancellation);
    }
}
