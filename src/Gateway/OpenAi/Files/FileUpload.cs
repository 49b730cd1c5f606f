using System.Text;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Uploads;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;

namespace LlmPlatform.Gateway.OpenAi.Files;

/// <summary>
/// Passes a multipart upload on as it arrives, a chunk at a time. The service must know the purpose first: when a client
/// sends it after the file, the file waits on disk, not in memory.
/// </summary>
internal sealed class FileUpload(FilesClient files)
{
    private const int LongestField = 1024;
    private const int LongestFilename = 255;
    private const int LongestBoundary = 128;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <exception cref="OpenAiException">The form is not as expected.</exception>
    /// <exception cref="RpcException">The service refused the file.</exception>
    public async Task<FileObject> ReceiveAsync(HttpRequest request, CancellationToken cancellation)
    {
        MultipartReader form = new(BoundaryOf(request), request.Body);
        try
        {
            return await ReceiveAsync(form, cancellation);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException && exception is not BadHttpRequestException && !cancellation.IsCancellationRequested)
        {
            throw InvalidRequest.Create("The body of the request is not a complete multipart form.", null, "invalid_multipart", inner: exception);
        }
    }

    private async Task<FileObject> ReceiveAsync(MultipartReader form, CancellationToken cancellation)
    {
        string? purpose = null;
        using UploadCall upload = new(files, cancellation);
        FileStream? waiting = null;
        string? filename = null;
        try
        {
            while (await form.ReadNextSectionAsync(cancellation) is { } section)
            {
                switch (NameOf(section, out string? sectionFilename))
                {
                    case "purpose" when purpose is null:
                        purpose = FilePurposes.CheckUpload(await ReadFieldAsync(section, "purpose", cancellation));
                        break;
                    case "file" when filename is null:
                        filename = CheckFilename(sectionFilename);
                        if (purpose is not null)
                        {
                            await SendAsync(upload, filename, purpose, section.Body);
                        }
                        else
                        {
                            waiting = await WaitOnDiskAsync(section.Body, cancellation);
                        }

                        break;
                    case "purpose" or "file":
                        throw InvalidRequest.Duplicate(NameOf(section, out _));
                    case { } other:
                        throw InvalidRequest.Unknown(other);
                }
            }

            if (filename is null)
            {
                throw InvalidRequest.Missing("file");
            }

            if (purpose is null)
            {
                throw InvalidRequest.Missing("purpose");
            }

            if (waiting is not null)
            {
                await SendAsync(upload, filename, purpose, waiting);
            }

            // Only now is the form known to be whole; without this the service keeps nothing.
            return FileObject.From(await AnswerAsync(upload));
        }
        finally
        {
            if (waiting is not null)
            {
                await waiting.DisposeAsync();
            }
        }
    }

    private static async Task SendAsync(UploadCall upload, string filename, string purpose, Stream content)
    {
        UploadHeader header = new() { Filename = filename, Purpose = purpose, RequestId = Guid.NewGuid().ToString("N") };
        if (!await upload.SendAsync(header, content))
        {
            await AnswerAsync(upload);
            throw RpcErrorTranslation.Unexpected(new InvalidDataException("the files service answered before the end of the file"));
        }
    }

    private static async Task<Contracts.Files.V1.File> AnswerAsync(UploadCall upload)
    {
        try
        {
            return await upload.CompleteAsync();
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
        {
            throw RpcErrors.Unavailable(error.Status.Detail, RetryDelay).ToOpenAi();
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw InvalidRequest.Create("Expected a form of type multipart/form-data.", null, "unsupported_content_type", StatusCodes.Status415UnsupportedMediaType);
        }

        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        return boundary is { Length: > 0 and <= LongestBoundary }
            ? boundary
            : throw InvalidRequest.Create($"The content type has no boundary of 1 to {LongestBoundary} characters.", null, "invalid_multipart");
    }

    private static string NameOf(MultipartSection section, out string? filename)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? header))
        {
            throw InvalidRequest.Create("A part of the form has no Content-Disposition.", null, "invalid_multipart");
        }

        // filename* is the one that can hold Korean.
        filename = HeaderUtilities.RemoveQuotes(header.FileNameStar.HasValue ? header.FileNameStar : header.FileName).Value;
        return HeaderUtilities.RemoveQuotes(header.Name).Value ?? "";
    }

    private static string CheckFilename(string? filename) => filename switch
    {
        null or "" => throw InvalidRequest.WrongHiddenValue("file", "it has no filename. Expected a part with a filename"),
        { Length: > LongestFilename } => throw InvalidRequest.StringTooLong("file.filename", LongestFilename, filename.Length),
        _ => filename,
    };

    private static async Task<string> ReadFieldAsync(MultipartSection section, string name, CancellationToken cancellation)
    {
        byte[] buffer = new byte[LongestField + 1];
        int length = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length <= LongestField
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw InvalidRequest.WrongHiddenValue(name, $"it is longer than {LongestField} bytes");
    }

    private static async Task<FileStream> WaitOnDiskAsync(Stream content, CancellationToken cancellation)
    {
        FileStream file = new(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            });
        try
        {
            await content.CopyToAsync(file, cancellation);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
