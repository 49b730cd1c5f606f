using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Files;

/// <summary>llmplatform.files.v1.Files.</summary>
internal sealed class FilesGrpc(FileStore files, IBlobStore blobs, FileLimits limits) : Contracts.Files.V1.Files.FilesBase
{
    private const int MaxName = 255;
    private const int MaxRequestId = 128;

    public override async Task<File> Upload(IAsyncStreamReader<UploadRequest> requestStream, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        CancellationToken cancellation = context.CancellationToken;
        UploadHeader header = await ReadHeaderAsync(requestStream, cancellation);
        string? requestId = header.RequestId.Length > 0 ? header.RequestId : null;
        if (requestId is not null && await files.FindByRequestAsync(tenant, requestId, cancellation) is { } earlier)
        {
            return Describe(earlier);
        }

        try
        {
            return Describe(await ReceiveAsync(tenant, header, requestId, requestStream, cancellation));
        }
        catch (Exception exception) when (DiskFull.Is(exception))
        {
            throw RpcErrors.Create(StatusCode.ResourceExhausted, "the disk of the platform's data folder is full");
        }
    }

    public override async Task Download(DownloadRequest request, IServerStreamWriter<DownloadResponse> responseStream, ServerCallContext context)
    {
        FileRow file = await FindAsync(request.Id, context);
        new FieldValidation()
            .Require("offset", request.Offset, request.Offset >= 0 && request.Offset <= file.Size, $"0 to the file's size, {file.Size}")
            .ThrowIfInvalid();
        await responseStream.WriteAsync(new DownloadResponse { File = Describe(file) }, context.CancellationToken);
        await foreach (ByteString chunk in BlobChunks.ReadAsync(blobs, file.Tenant, file.Sha256, request.Offset, context.CancellationToken))
        {
            await responseStream.WriteAsync(new DownloadResponse { Chunk = chunk }, context.CancellationToken);
        }
    }

    public override async Task<File> Get(GetFileRequest request, ServerCallContext context) => Describe(await FindAsync(request.Id, context));

    public override async Task<ListFilesResponse> List(ListFilesRequest request, ServerCallContext context)
    {
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        new FieldValidation()
            .Require("purpose", request.Purpose, request.Purpose.Length == 0 || FilePurposes.All.Contains(request.Purpose), $"one of {string.Join(", ", FilePurposes.All)}")
            .ThrowIfInvalid();
        List<FileRow> rows = await files.ListAsync(context.GetCaller().Tenant, request.Purpose, before, size + 1, context.CancellationToken);
        ListFilesResponse response = new() { Files = { rows.Take(size).Select(Describe) } };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Sequence);
        }

        return response;
    }

    public override async Task<DeleteFileResponse> Delete(DeleteFileRequest request, ServerCallContext context)
    {
        RequireId(request.Id);
        return await files.DeleteAsync(context.GetCaller().Tenant, request.Id, context.CancellationToken)
            ? new DeleteFileResponse()
            : throw RpcErrors.NotFound("file", request.Id);
    }

    private static void RequireId(string id) => new FieldValidation().RequireText("id", id, MaxRequestId).ThrowIfInvalid();

    private static File Describe(FileRow row) => new()
    {
        Id = row.Id,
        Filename = row.Filename,
        Purpose = row.Purpose,
        Size = row.Size,
        Sha256 = row.Sha256,
        CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
    };

    private static async Task<UploadHeader> ReadHeaderAsync(IAsyncStreamReader<UploadRequest> stream, CancellationToken cancellationToken)
    {
        if (!await stream.MoveNext(cancellationToken) || stream.Current.ContentCase != UploadRequest.ContentOneofCase.Header)
        {
            throw RpcErrors.InvalidArgument("header", null, "the header as the first message");
        }

        UploadHeader header = stream.Current.Header;
        new FieldValidation()
            .Require("header.filename", header.Filename, header.Filename.Length is > 0 and <= MaxName && !header.Filename.Any(char.IsControl), $"1 to {MaxName} characters, no control characters")
            .Require("header.purpose", header.Purpose, FilePurposes.All.Contains(header.Purpose), $"one of {string.Join(", ", FilePurposes.All)}")
            .Require("header.sha256", header.Sha256, header.Sha256.Length is 0 or 64 && header.Sha256.All(char.IsAsciiHexDigit), "nothing or 64 hexadecimal digits")
            .Require("header.request_id", header.RequestId, header.RequestId.Length <= MaxRequestId, $"at most {MaxRequestId} characters")
            .ThrowIfInvalid();
        return header;
    }

    private async Task<FileRow> ReceiveAsync(
        string tenant, UploadHeader header, string? requestId, IAsyncStreamReader<UploadRequest> chunks, CancellationToken cancellationToken)
    {
        using StagedBlob staged = blobs.Stage();
        while (await chunks.MoveNext(cancellationToken))
        {
            await AppendAsync(staged, chunks.Current, cancellationToken);
        }

        string sha256 = staged.Complete();
        new FieldValidation()
            .Require("header.sha256", header.Sha256, header.Sha256.Length == 0 || header.Sha256.Equals(sha256, StringComparison.OrdinalIgnoreCase), $"the hash of the bytes sent, {sha256}")
            .ThrowIfInvalid();
        return await files.AddAsync(tenant, header.Filename, header.Purpose, requestId, staged, sha256, cancellationToken);
    }

    private async Task AppendAsync(StagedBlob staged, UploadRequest message, CancellationToken cancellationToken)
    {
        new FieldValidation()
            .RequireHidden("chunk", message.ContentCase == UploadRequest.ContentOneofCase.Chunk, "bytes in every message after the header")
            .Require("chunk", message.Chunk.Length, message.Chunk.Length <= FileLimits.ChunkBytes, $"at most {FileLimits.ChunkBytes} bytes a message")
            .Require("chunk", staged.Length + message.Chunk.Length, staged.Length + message.Chunk.Length <= limits.MaxBytes, $"at most {limits.MaxBytes} bytes a file ({FileLimits.MaxBytesKey})")
            .ThrowIfInvalid();
        await staged.AppendAsync(message.Chunk.Memory, cancellationToken);
    }

    private async Task<FileRow> FindAsync(string id, ServerCallContext context)
    {
        RequireId(id);
        return await files.FindAsync(context.GetCaller().Tenant, id, context.CancellationToken) ?? throw RpcErrors.NotFound("file", id);
    }
}
