using System.Text.Json.Serialization.Metadata;
using Grpc.Core;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Streaming;
using LlmPlatform.Gateway.Telemetry;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>Sends a streamed answer: each part as soon as it is there, an error where it happens, <c>[DONE]</c> at the end.</summary>
internal sealed class AnswerStream(HttpContext http, IAsyncEnumerable<GeneratedPart> parts, GenAiSpan span, ILogger logger)
{
    /// <summary>
    /// Waits for the first part before anything is sent, so that what fails until then still gets its own status code.
    /// A failure after that becomes an <c>error</c> event, as OpenAI does it: the status line is long gone.
    /// </summary>
    /// <param name="begin">Called with the first part, before any event.</param>
    /// <param name="write">Writes the events of one part.</param>
    /// <param name="end">Writes what comes between the last part and <c>[DONE]</c>.</param>
    public async Task SendAsync(
        Func<ServerSentEvents, GeneratedPart, Task> begin,
        Func<ServerSentEvents, GeneratedPart, Task> write,
        Func<ServerSentEvents, CompletionUsage?, Task> end)
    {
        CancellationToken cancellation = http.RequestAborted;
        await using IAsyncEnumerator<GeneratedPart> reader = parts.GetAsyncEnumerator(cancellation);
        if (!await reader.MoveNextAsync())
        {
            throw RpcErrorTranslation.Unexpected(new InvalidDataException("the generation service sent no answer"));
        }

        using ServerSentEvents events = new(http);
        try
        {
            await begin(events, reader.Current);
            CompletionUsage? usage = null;
            do
            {
                usage = reader.Current.Usage ?? usage;
                span.Note(reader.Current);
                await write(events, reader.Current);
            }
            while (await reader.MoveNextAsync());
            await end(events, usage);
            await events.WriteDoneAsync(cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is RpcException or OpenAiException)
        {
            OpenAiException error = OpenAiErrorMiddleware.Translate(exception);
            span.Fail(error);
            logger.LogError(error.InnerException ?? error, "the streamed answer of {Path} failed midway", http.Request.Path);
            JsonTypeInfo<ErrorResponse> type = OpenAiJson.Default.ErrorResponse;
            await events.WriteAsync(new ErrorResponse { Error = error.Error }, type, cancellation);
        }
    }
}
