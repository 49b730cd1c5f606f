using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
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
    private const int ChunkBytes = 256 << 10;
    private const int LongestField = 1024;
    private const int LongestFilename = 255;
    private const int LongestBoundary = 128;

    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(2);
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
        using Upload upload = new(files, cancellation);
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
                            await upload.SendAsync(filename, purpose, section.Body);
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
                await upload.SendAsync(filename, purpose, waiting);
            }

            // Only now is the form known to be whole; without this the service keeps nothing.
            return FileObject.From(await upload.CompleteAsync());
        }
        finally
        {
            if (waiting is not null)
            {
                await waiting.DisposeAsync();
            }
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

    /// <summary>One call of <c>Files.Upload</c>. Disposed before it is complete, it is cancelled.</summary>
    private sealed class Upload(FilesClient files, CancellationToken cancellation) : IDisposable
    {
        private AsyncClientStreamingCall<UploadRequest, Contracts.Files.V1.File>? _call;

        public async Task SendAsync(string filename, string purpose, Stream content)
        {
            _call = files.Upload(cancellationToken: cancellation);
            byte[] buffer = new byte[ChunkBytes];
            await WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = filename, Purpose = purpose, RequestId = Guid.NewGuid().ToString("N") } });
            while (await content.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancellation) is > 0 and var length)
            {
                // The message is on its way when the call returns, so the buffer can be used again.
                await WriteAsync(new UploadRequest { Chunk = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, length)) });
            }
        }

        public async Task<Contracts.Files.V1.File> CompleteAsync()
        {
            try
            {
                await _call!.RequestStream.CompleteAsync();
            }
            catch (InvalidOperationException) when (_call!.ResponseAsync.IsCompleted)
            {
                // The service has answered already, and its answer is what counts.
            }

            return await _call.ResponseAsync;
        }

        public void Dispose() => _call?.Dispose();

        /// <summary>
        /// A service that refuses the file answers before its end, and then nobody may ever take the rest: a write that
        /// waits for room must not outlive the answer.
        /// </summary>
        private async Task WriteAsync(UploadRequest message)
        {
            Task<Contracts.Files.V1.File> answer = _call!.ResponseAsync;
            Task write = _call.RequestStream.WriteAsync(message, cancellation);
            if (await Task.WhenAny(write, answer) == write)
            {
                if (write.IsCompletedSuccessfully)
                {
                    return;
                }

                // The call has ended, and its answer, which says why, is on the way.
                await Task.WhenAny(answer, Task.Delay(AnswerWait, cancellation));
            }

            try
            {
                await (answer.IsCompleted ? answer : write);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Cancelled && !cancellation.IsCancellationRequested)
            {
                // The HTTP/2 client may lose an early answer when the end of the call overtakes a write.
                throw RpcErrors.Unavailable("the files service ended the upload before the end of the file", RetryDelay).ToOpenAi();
            }

            throw RpcErrorTranslation.Unexpected(new InvalidDataException("the files service answered before the end of the file"));
        }
    }
}
