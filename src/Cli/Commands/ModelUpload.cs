using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Uploads;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Versions;
using File = System.IO.File;
using ModelFile = LlmPlatform.Hub.Versions.ModelFile;
using ModelVersion = LlmPlatform.Contracts.Models.V1.ModelVersion;
using UploadedFile = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Cli.Commands;

/// <summary>Uploads a model's folder file by file and registers it as a version.</summary>
internal static class ModelUpload
{
    private const string Purpose = "model";

    /// <summary>Uploads a full model; <c>source</c> says where its files were fetched from, if anywhere.</summary>
    public static Task<ModelVersion> UploadAsync(
        PlatformConnection connection, CommandOutput output, string folder, string name, string? source, CancellationToken cancellationToken) =>
        RegisterAsync(connection, output, folder, name, new Lineage { Source = source ?? "" }, cancellationToken);

    /// <summary>Uploads a model, or an adapter, whose <see cref="Lineage.Base"/> must then be given.</summary>
    public static async Task<ModelVersion> RegisterAsync(
        PlatformConnection connection, CommandOutput output, string folder, string name, Lineage lineage, CancellationToken cancellationToken)
    {
        Check(folder);
        Hub.Versions.ModelVersion version = await ContentHash.ComputeAsync(folder, cancellationToken);
        Files.FilesClient files = new(connection.Invoker);
        RegisterModelRequest request = new() { Name = name, Lineage = lineage };
        try
        {
            await output.ProgressAsync(async bars =>
            {
                foreach (ModelFile file in version.Files)
                {
                    UploadedFile uploaded = await UploadAsync(files, folder, file, bars, cancellationToken);
                    request.Files.Add(new RegisterModelFile { Path = file.Path, FileId = uploaded.Id });
                }

                return request.Files.Count;
            });
            return await new Models.ModelsClient(connection.Invoker).RegisterAsync(request, cancellationToken: cancellationToken);
        }
        finally
        {
            // A registered version keeps its files by itself; one that was refused needs them no longer.
            foreach (RegisterModelFile file in request.Files)
            {
                await files.DeleteAsync(new DeleteFileRequest { Id = file.FileId }, cancellationToken: CancellationToken.None);
            }
        }
    }

    // What is wrong with the folder is said before anything travels; whether an adapter fits its base, the registry sees.
    private static void Check(string folder)
    {
        if (LoraAdapter.IsAdapter(folder))
        {
            LoraConfig.From(ModelConfig.Load(Path.Combine(folder, LoraConfig.FileName)));
        }
        else
        {
            ModelFolder.Open(folder);
        }
    }

    private static async Task<UploadedFile> UploadAsync(
        Files.FilesClient files, string folder, ModelFile file, ProgressBars bars, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(Path.Combine(folder, file.Path));
        UploadHeader header = new() { Filename = Path.GetFileName(file.Path), Purpose = Purpose, Sha256 = file.Sha256 };
        return await UploadCall.UploadAsync(files, header, stream, sent => bars.Report(file.Path, sent, file.Length), cancellationToken);
    }
}
