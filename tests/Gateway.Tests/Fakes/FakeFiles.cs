using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ServiceDefaults.Errors;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>Files in memory; the newest come first, three a page.</summary>
internal sealed class FakeFiles(FakeCalls calls) : Files.FilesBase
{
    private const int PageSize = 3;

    private static readonly ConcurrentDictionary<string, (File File, byte[] Content)> Stored = new();
    private static int _count;

    public static int Count => Stored.Count;

    public override async Task<File> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
    {
        using MemoryStream content = new();
        UploadHeader? header = null;
        try
        {
            await foreach (UploadRequest part in requestStream.ReadAllAsync(context.CancellationToken))
            {
                if (part.ContentCase == UploadRequest.ContentOneofCase.Header)
                {
                    header = part.Header;
                    if (header.Filename == "refused.bin")
                    {
                        throw RpcErrors.InvalidArgument("filename", header.Filename, "another name");
                    }
                }
                else
                {
                    calls.UploadedChunks.Enqueue(part.Chunk.Length);
                    part.Chunk.WriteTo(content);
                }
            }
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            calls.Cancelled.Release();
            throw;
        }

        int number = Interlocked.Increment(ref _count);
        File file = new()
        {
            Id = $"file-{number:D4}",
            Filename = header!.Filename,
            Purpose = header.Purpose,
            Size = content.Length,
            CreatedAt = Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(1_700_000_000 + number)),
        };
        Stored[file.Id] = (file, content.ToArray());
        return file;
    }

    public override Task<ListFilesResponse> List(ListFilesRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireRange("page_size", request.PageSize, 0, 200).ThrowIfInvalid();
        int skip = request.PageToken.Length > 0 ? int.Parse(request.PageToken) : 0;
        File[] all = [.. Stored.Values.Select(stored => stored.File)
            .Where(file => request.Purpose.Length == 0 || file.Purpose == request.Purpose)
            .OrderByDescending(file => file.Id, StringComparer.Ordinal)];
        ListFilesResponse page = new() { NextPageToken = all.Length > skip + PageSize ? $"{skip + PageSize}" : "" };
        page.Files.AddRange(all.Skip(skip).Take(PageSize));
        return Task.FromResult(page);
    }

    public override Task<File> Get(GetFileRequest request, ServerCallContext context) => Task.FromResult(Find(request.Id).File);

    public override Task<DeleteFileResponse> Delete(DeleteFileRequest request, ServerCallContext context)
    {
        Find(request.Id);
        Stored.TryRemove(request.Id, out _);
        return Task.FromResult(new DeleteFileResponse());
    }

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadResponse> responseStream, ServerCallContext context)
    {
        (File file, byte[] content) = Find(request.Id);
        await responseStream.WriteAsync(new DownloadResponse { File = file });
        foreach (byte[] chunk in content.Chunk(1000))
        {
            await responseStream.WriteAsync(new DownloadResponse { Chunk = ByteString.CopyFrom(chunk) });
        }
    }

    public static void Clear() => Stored.Clear();

    public static (File File, byte[] Content) Find(string id) => Stored.TryGetValue(id, out var stored) ? stored : throw RpcErrors.NotFound("file", id);
}
