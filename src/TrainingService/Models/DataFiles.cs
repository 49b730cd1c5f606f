using System.Security.Cryptography;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.TrainingContracts.Worker;
using LlmPlatform.TrainingService.Jobs;
using LlmPlatform.TrainingService.Work;
using File = LlmPlatform.Contracts.Files.V1.File;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;

namespace LlmPlatform.TrainingService.Models;

/// <summary>Files of data, from the service that owns them, as whoever the calls are made for.</summary>
internal sealed class DataFiles(FilesClient files)
{
    private const string UnfinishedSuffix = ".incomplete";

    /// <summary>Notes each file that the caller does not have.</summary>
    public async Task RequireAsync(string field, IReadOnlyList<string> ids, FieldValidation validation, CancellationToken cancellationToken)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            try
            {
                await files.GetAsync(new GetFileRequest { Id = ids[i] }, cancellationToken: cancellationToken);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                validation.Require($"{field}[{i}]", ids[i], false, "the id of an uploaded file");
            }
        }
    }

    /// <summary>Brings a file into a folder, unless it is there.</summary>
    /// <exception cref="JobFailureException">It was deleted.</exception>
    /// <exception cref="RpcException">The service cannot be asked.</exception>
    public async Task<WorkerFile> FetchAsync(string id, string folder, int number, CancellationToken cancellationToken)
    {
        try
        {
            File file = await files.GetAsync(new GetFileRequest { Id = id }, cancellationToken: cancellationToken);
            string path = Path.Combine(folder, $"{number:D4}-{file.Sha256}.jsonl");
            if (!System.IO.File.Exists(path))
            {
                await DownloadAsync(file, path, cancellationToken);
            }

            return new WorkerFile(id, path, file.Sha256);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw new JobFailureException(JobRules.InvalidData, $"file {SafeValue.Cut(id)} was deleted before it was read");
        }
    }

    private async Task DownloadAsync(File file, string path, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<DownloadResponse> call = files.Download(new DownloadRequest { Id = file.Id }, cancellationToken: cancellationToken);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        await using (FileStream target = new(path + UnfinishedSuffix, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                if (call.ResponseStream.Current.ContentCase != DownloadResponse.ContentOneofCase.Chunk)
                {
                    continue;
                }

                ReadOnlyMemory<byte> chunk = call.ResponseStream.Current.Chunk.Memory;
                length += chunk.Length;
                if (length > file.Size)
                {
                    break;
                }

                hash.AppendData(chunk.Span);
                await target.WriteAsync(chunk, cancellationToken);
            }
        }

        if (length != file.Size || Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            System.IO.File.Delete(path + UnfinishedSuffix);
            throw new RpcException(new Status(StatusCode.Unavailable, $"the download of file {SafeValue.Cut(file.Id)} was not what was uploaded"));
        }

        System.IO.File.Move(path + UnfinishedSuffix, path, overwrite: true);
    }
}
