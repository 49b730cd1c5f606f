using System.Globalization;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;

namespace LlmPlatform.Gateway.OpenAi.Files;

/// <summary><c>/v1/files</c> over the service <c>Files</c>.</summary>
internal sealed class FileEndpoints(FilesClient files, IOptions<GatewayOptions> options)
{
    private const int MostListed = 10_000;
    // The most that the service gives at once.
    private const int PageSize = 200;
    private const long FormOverhead = 64 << 10;

    public async Task CreateAsync(HttpContext http)
    {
        RequestBody.Limit(http, options.Value.MaxUploadBytes + FormOverhead);
        FileObject file = await new FileUpload(files).ReceiveAsync(http.Request, http.RequestAborted);
        await OpenAiJson.WriteAsync(http, file, OpenAiJson.Default.FileObject);
    }

    public async Task ListAsync(HttpContext http)
    {
        FileListQuery query = FileListQuery.Read(http.Request.Query);
        List<FileObject> page = [];
        bool hasMore = false;
        bool started = query.After is null;
        await foreach (Contracts.Files.V1.File file in EnumerateAsync(query, http.RequestAborted))
        {
            if (!started)
            {
                started = file.Id == query.After;
            }
            else if (page.Count < query.Limit)
            {
                page.Add(FileObject.From(file));
            }
            else
            {
                hasMore = true;
                break;
            }
        }

        await OpenAiJson.WriteAsync(http, new FileList { Data = page, HasMore = hasMore }, OpenAiJson.Default.FileList);
    }

    public async Task GetAsync(HttpContext http, string id)
    {
        Contracts.Files.V1.File file = await files.GetAsync(new GetFileRequest { Id = id }, cancellationToken: http.RequestAborted);
        await OpenAiJson.WriteAsync(http, FileObject.From(file), OpenAiJson.Default.FileObject);
    }

    public async Task DeleteAsync(HttpContext http, string id)
    {
        await files.DeleteAsync(new DeleteFileRequest { Id = id }, cancellationToken: http.RequestAborted);
        await OpenAiJson.WriteAsync(http, new FileDeleted { Id = id }, OpenAiJson.Default.FileDeleted);
    }

    public async Task DownloadAsync(HttpContext http, string id)
    {
        CancellationToken cancellation = http.RequestAborted;
        using AsyncServerStreamingCall<DownloadResponse> call = files.Download(new DownloadRequest { Id = id }, cancellationToken: cancellation);
        await foreach (DownloadResponse part in call.ResponseStream.ReadAllAsync(cancellation))
        {
            switch (part.ContentCase)
            {
                case DownloadResponse.ContentOneofCase.File:
                    http.Response.ContentType = "application/octet-stream";
                    http.Response.ContentLength = part.File.Size;
                    http.Response.Headers.XContentTypeOptions = "nosniff";
                    ContentDispositionHeaderValue disposition = new("attachment");
                    disposition.SetHttpFileName(part.File.Filename);
                    http.Response.Headers.ContentDisposition = disposition.ToString();
                    break;
                case DownloadResponse.ContentOneofCase.Chunk:
                    await http.Response.Body.WriteAsync(part.Chunk.Memory, cancellation);
                    break;
                default:
                    throw RpcErrorTranslation.Unexpected(new InvalidDataException("the files service sent a message that is neither file nor chunk"));
            }
        }
    }

    /// <summary>The service lists the newest first, as OpenAI does by default.</summary>
    private async IAsyncEnumerable<Contracts.Files.V1.File> EnumerateAsync(
        FileListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        List<Contracts.Files.V1.File> all = [];
        ListFilesRequest request = new() { PageSize = PageSize, Purpose = query.Purpose ?? "" };
        do
        {
            ListFilesResponse page = await files.ListAsync(request, cancellationToken: cancellation);
            foreach (Contracts.Files.V1.File file in page.Files)
            {
                if (!query.OldestFirst)
                {
                    yield return file;
                }
                else if (all.Count < MostListed)
                {
                    all.Add(file);
                }
                else
                {
                    throw InvalidRequest.WrongHiddenValue("order", $"'asc' lists up to {MostListed} files and there are more. Expected 'desc'");
                }
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        foreach (Contracts.Files.V1.File file in Enumerable.Reverse(all))
        {
            yield return file;
        }
    }

    /// <summary>What <c>GET /v1/files</c> may ask for.</summary>
    private sealed record FileListQuery(string? Purpose, int Limit, string? After, bool OldestFirst)
    {
        public static FileListQuery Read(IQueryCollection query)
        {
            foreach (string name in query.Keys)
            {
                if (name is not ("purpose" or "limit" or "after" or "order"))
                {
                    throw InvalidRequest.Unknown(SafeValue.Cut(name));
                }
            }

            return new FileListQuery(
                Value(query, "purpose") is { } purpose ? FilePurposes.CheckFilter(purpose) : null,
                ReadLimit(Value(query, "limit")),
                Value(query, "after"),
                Value(query, "order") switch
                {
                    null or "desc" => false,
                    "asc" => true,
                    string other => throw InvalidRequest.WrongValue("order", other, "'asc' or 'desc'"),
                });
        }

        private static int ReadLimit(string? text)
        {
            if (text is null)
            {
                return MostListed;
            }

            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MostListed
                ? limit
                : throw InvalidRequest.WrongValue("limit", text, $"an integer from 1 to {MostListed}");
        }

        private static string? Value(IQueryCollection query, string name) => query[name] is { Count: > 0 } values ? values[0] : null;
    }
}
