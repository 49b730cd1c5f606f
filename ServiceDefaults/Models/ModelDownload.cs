using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>
/// Brings the files of a version into a folder, in as many runs as it takes. A file that is complete and has the right
/// hash stays there when the stream breaks later, so that the next run asks only for the rest.
/// </summary>
internal sealed class ModelDownload(ModelsClient client, ModelVersion version, string folder)
{
    private readonly Dictionary<string, ModelFile> _missing = version.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);

    /// <summary>Asks for what is missing and writes it. May be called again after an error.</summary>
    /// <exception cref="RpcException">The stream's error, or DATA_LOSS when the bytes are not those of the version.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        DownloadModelRequest request = new() { Model = $"{version.Name}@{version.Version}", Paths = { _missing.Keys } };
        using AsyncServerStreamingCall<DownloadModelResponse> call = client.Download(request, cancellationToken: cancellationToken);
        IAsyncStreamReader<DownloadModelResponse> stream = call.ResponseStream;
        FileInProgress? current = null;
        try
        {
            while (await stream.MoveNext(cancellationToken))
            {
                switch (stream.Current.ContentCase)
                {
                    case DownloadModelResponse.ContentOneofCase.File:
                        await FinishAsync(current, cancellationToken);
                        current = Begin(stream.Current.File.Path);
                        break;
                    case DownloadModelResponse.ContentOneofCase.Chunk when current is not null:
                        await current.AppendAsync(stream.Current.Chunk, cancellationToken);
                        break;
                    default:
                        throw RpcErrors.DataLoss($"the download of {request.Model} sent bytes of no file");
                }
            }

            await FinishAsync(current, cancellationToken);
        }
        finally
        {
            current?.Dispose();
        }

        if (_missing.Count > 0)
        {
            throw RpcErrors.DataLoss($"the download of {request.Model} ended without {SafeValue.Cut(_missing.Keys.First())}");
        }
    }

    private FileInProgress Begin(string path) => _missing.TryGetValue(path, out ModelFile? file)
        ? new FileInProgress(file, CacheFolder.PathOf(folder, path))
        : throw RpcErrors.DataLoss($"the download of {version.Name} sent {SafeValue.Cut(path)}, which is not a file of the version or was sent before");

    private async Task FinishAsync(FileInProgress? current, CancellationToken cancellationToken)
    {
        if (current is not null)
        {
            await current.CompleteAsync(cancellationToken);
            _missing.Remove(current.File.Path);
        }
    }

    private sealed class FileInProgress : IDisposable
    {
        private readonly FileStream _stream;
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _length;

        public FileInProgress(ModelFile file, string path)
        {
            File = file;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        }

        public ModelFile File { get; }

        public async Task AppendAsync(ByteString chunk, CancellationToken cancellationToken)
        {
            _length += chunk.Length;
            if (_length > File.Size)
            {
                throw RpcErrors.DataLoss($"{SafeValue.Cut(File.Path)} has more than its {File.Size} bytes");
            }

            _hash.AppendData(chunk.Span);
            await _stream.WriteAsync(chunk.Memory, cancellationToken);
        }

        public async Task CompleteAsync(CancellationToken cancellationToken)
        {
            string hash = Convert.ToHexStringLower(_hash.GetHashAndReset());
            if (_length != File.Size || hash != File.Sha256)
            {
                throw RpcErrors.DataLoss($"{SafeValue.Cut(File.Path)} has {_length} bytes with SHA-256 {hash}, expected {File.Size} with {SafeValue.Cut(File.Sha256)}");
            }

            await _stream.FlushAsync(cancellationToken);
            RandomAccess.FlushToDisk(_stream.SafeFileHandle);
            _stream.Dispose();
        }

        public void Dispose()
        {
            _stream.Dispose();
            _hash.Dispose();
        }
    }
}
