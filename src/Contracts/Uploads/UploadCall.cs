using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using File = LlmPlatform.Contracts.Files.V1.File;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;

namespace LlmPlatform.Contracts.Uploads;

/// <summary>
/// One call of <c>Files.Upload</c>. The service may answer before the end of the content: it refuses the file, or it has it
/// already by its request id. Then nobody may ever take the rest, so no write outlives the answer.
/// Disposed before it is complete, the call is cancelled.
/// </summary>
/// <param name="files">The service.</param>
/// <param name="cancellationToken">Ends the call.</param>
public sealed class UploadCall(FilesClient files, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>The most bytes of a message.</summary>
    public const int ChunkBytes = 1 << 20;

    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(2);

    private readonly AsyncClientStreamingCall<UploadRequest, File> _call = files.Upload(cancellationToken: cancellationToken);

    /// <summary>Uploads a file.</summary>
    /// <param name="files">The service.</param>
    /// <param name="header">What is said of the file.</param>
    /// <param name="content">Read from where it stands to its end.</param>
    /// <param name="report">Is told how many bytes are on their way.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RpcException">The service refused the file, or cannot be reached.</exception>
    public static async Task<File> UploadAsync(FilesClient files, UploadHeader header, Stream content, Action<long>? report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        using UploadCall call = new(files, cancellationToken);
        await call.SendAsync(header, content, report).ConfigureAwait(false);
        return await call.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Sends the file, as far as the service wants it.</summary>
    /// <param name="header">What is said of the file.</param>
    /// <param name="content">Read from where it stands to its end.</param>
    /// <param name="report">Is told how many bytes are on their way.</param>
    /// <returns>False when the service has answered before the end: <see cref="CompleteAsync"/> gives the answer.</returns>
    public async Task<bool> SendAsync(UploadHeader header, Stream content, Action<long>? report = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!await WriteAsync(new UploadRequest { Header = header }).ConfigureAwait(false))
        {
            return false;
        }

        byte[] buffer = new byte[ChunkBytes];
        long sent = 0;
        while (await content.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var length)
        {
            // The message is in bytes of its own when the write returns, so the buffer can be used again.
            if (!await WriteAsync(new UploadRequest { Chunk = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, length)) }).ConfigureAwait(false))
            {
                return false;
            }

            sent += length;
            report?.Invoke(sent);
        }

        return true;
    }

    /// <summary>Says that the content is whole, and waits for the answer.</summary>
    /// <exception cref="RpcException">The service refused the file, or cannot be reached.</exception>
    public async Task<File> CompleteAsync()
    {
        Task<File> answer = _call.ResponseAsync;
        try
        {
            if (!answer.IsCompleted)
            {
                await _call.RequestStream.CompleteAsync().ConfigureAwait(false);
            }
        }
        catch (InvalidOperationException) when (answer.IsCompleted)
        {
            // The service has answered meanwhile, and its answer is what counts.
        }

        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Cancelled && !cancellationToken.IsCancellationRequested)
        {
            // The HTTP/2 client may lose an early answer when the end of the call overtakes a write.
            throw new RpcException(new Status(StatusCode.Unavailable, "the files service ended the upload before the end of the file", error));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _call.Dispose();

    private async Task<bool> WriteAsync(UploadRequest message)
    {
        Task<File> answer = _call.ResponseAsync;
        Task write = _call.RequestStream.WriteAsync(message, cancellationToken);
        if (await Task.WhenAny(write, answer).ConfigureAwait(false) == write)
        {
            if (write.IsCompletedSuccessfully)
            {
                return true;
            }

            // The call has ended, and its answer, which says why, is on the way.
            await Task.WhenAny(answer, Task.Delay(AnswerWait, cancellationToken)).ConfigureAwait(false);
            if (!answer.IsCompleted)
            {
                await write.ConfigureAwait(false);
            }
        }

        // Nobody waits for this write any more, and how it ends says nothing.
        _ = write.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return false;
    }
}
