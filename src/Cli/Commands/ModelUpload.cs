using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Versions;
using File = System.IO.File;
using ModelFile = LlmPlatform.Hub.Versions.ModelFile;
using ModelVersion = LlmPlatform.Contracts.Models.V1.ModelVersion;
using UploadedFile = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Cli.Commands;

/// <summary>Uploads a model's folder file by file and registers it as a version.</summary>
internal static class ModelUpload
{
    private const int ChunkBytes = 1 << 20;
    private const string Purpose = "model";

    public static async Task<ModelVersion> UploadAsync(
        PlatformConnection connection, CommandOutput output, string folder, string name, string? source, CancellationToken cancellationToken)
    {
        // What is wrong with the folder is said before anything travels.
        ModelFolder.Open(folder);
        Hub.Versions.ModelVersion version = await ContentHash.ComputeAsync(folder, cancellationToken);
        Files.FilesClient files = new(connection.Invoker);
        RegisterModelRequest request = new() { Name = name, Lineage = new Lineage { Source = source ?? "" } };
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

    private static async Task<UploadedFile> UploadAsync(
        Files.FilesClient files, string folder, ModelFile file, ProgressBars bars, CancellationToken cancellationToken)
    {
        using AsyncClientStreamingCall<UploadRequest, UploadedFile> call = files.Upload(cancellationToken: cancellationToken);
        try
        {
            await call.RequestStream.WriteAsync(
                new UploadRequest { Header = new UploadHeader { Filename = Path.GetFileName(file.Path), Purpose = Purpose, Sha256 = file.Sha256 } }, cancellationToken);
            await using FileStream stream = File.OpenRead(Path.Combine(folder, file.Path));
            byte[] buffer = new byte[ChunkBytes];
            while (await stream.ReadAsync(buffer, cancellationToken) is int read and > 0)
            {
                await call.RequestStream.WriteAsync(new UploadRequest { Chunk = ByteString.CopyFrom(buffer, 0, read) }, cancellationToken);
                bars.Report(file.Path, stream.Position, file.Length);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            // The platform refused before the end: its answer says why, this exception does not.
        }

        return await call.ResponseAsync;
    }
}
