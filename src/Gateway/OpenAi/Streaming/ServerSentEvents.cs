using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace LlmPlatform.Gateway.OpenAi.Streaming;

/// <summary>
/// Writes OpenAI's event stream: <c>data: {json}</c> and an empty line for each chunk, sent at once, and
/// <c>data: [DONE]</c> at the end.
/// </summary>
internal sealed class ServerSentEvents : IDisposable
{
    private readonly PipeWriter _body;
    private readonly Utf8JsonWriter _json;

    /// <summary>Sets the headers; the status line goes out with the first event.</summary>
    public ServerSentEvents(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        // Asks nginx and those that follow its convention not to hold chunks back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        _body = http.Response.BodyWriter;
        _json = new Utf8JsonWriter(_body, new JsonWriterOptions { Encoder = OpenAiJson.Encoder });
    }

    public async Task WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        _body.Write("data: "u8);
        JsonSerializer.Serialize(_json, value, type);
        await _json.FlushAsync(cancellation);
        _json.Reset();
        _body.Write("\n\n"u8);
        await FlushAsync(cancellation);
    }

    public async Task WriteDoneAsync(CancellationToken cancellation)
    {
        _body.Write("data: [DONE]\n\n"u8);
        await FlushAsync(cancellation);
    }

    public void Dispose() => _json.Dispose();

    private async Task FlushAsync(CancellationToken cancellation)
    {
        FlushResult result = await _body.FlushAsync(cancellation);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("the caller has closed the connection");
        }
    }
}
