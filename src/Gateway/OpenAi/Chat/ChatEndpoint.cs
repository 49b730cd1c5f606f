using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Generation;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.Streaming;
using LlmPlatform.Gateway.Telemetry;
using GenerationClient = LlmPlatform.Contracts.Generation.V1.Generation.GenerationClient;

namespace LlmPlatform.Gateway.OpenAi.Chat;

/// <summary><c>POST /v1/chat/completions</c> over <c>Generation.Chat</c>.</summary>
internal sealed class ChatEndpoint(GenerationClient generation, TimeProvider clock, ILogger<ChatEndpoint> logger)
{
    private const string IdPrefix = "chatcmpl-";

    public async Task HandleAsync(HttpContext http)
    {
        CancellationToken cancellation = http.RequestAborted;
        ChatCompletionRequest request = ChatCompletionRequestReader.Read(await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        GenAiSpan span = GenAiSpan.Begin(http, "chat", request.Model);
        span.NoteRequest(request.Sampling, request.MaxCompletionTokens ?? request.MaxTokens);

        // Disposing the call, or the caller's going away, cancels it at the service.
        using AsyncServerStreamingCall<ChatResponse> call = generation.Chat(request.ToRpc(), cancellationToken: cancellation);
        IAsyncEnumerable<GeneratedPart> parts = GeneratedPart.ReadAsync(call, cancellation);
        if (request.Stream ?? false)
        {
            await StreamAsync(http, request, parts, span);
        }
        else
        {
            ChatCompletion answer = await CollectAsync(request, parts, span);
            await OpenAiJson.WriteAsync(http, answer, OpenAiJson.Default.ChatCompletion);
        }
    }

    private async Task<ChatCompletion> CollectAsync(ChatCompletionRequest request, IAsyncEnumerable<GeneratedPart> parts, GenAiSpan span)
    {
        CollectedAnswer answer = await CollectedAnswer.ReadAsync(parts, IdPrefix, request.Model, clock, span);
        return new ChatCompletion
        {
            Id = answer.Head.Id,
            Created = answer.Head.Created,
            Model = answer.Head.Model,
            SystemFingerprint = answer.Head.SystemFingerprint,
            Choices = [new ChatChoice { Message = new AssistantMessage { Content = answer.Text }, FinishReason = answer.FinishReason }],
            Usage = answer.Usage,
        };
    }

    private Task StreamAsync(HttpContext http, ChatCompletionRequest request, IAsyncEnumerable<GeneratedPart> parts, GenAiSpan span)
    {
        bool includeUsage = request.StreamOptions?.IncludeUsage ?? false;
        AnswerHead head = null!;
        return new AnswerStream(http, parts, span, logger).SendAsync(
            begin: (events, first) =>
            {
                head = AnswerHead.From(first, IdPrefix, request.Model, clock);
                return WriteAsync(events, new ChatDelta { Role = "assistant", Content = "" }, null);
            },
            write: async (events, part) =>
            {
                if (part.Text.Length > 0)
                {
                    await WriteAsync(events, new ChatDelta { Content = part.Text }, null);
                }

                if (part.FinishReason is not null)
                {
                    await WriteAsync(events, new ChatDelta(), part.FinishReason);
                }
            },
            end: (events, usage) => includeUsage ? WriteChoicesAsync(events, [], usage) : Task.CompletedTask);

        Task WriteAsync(ServerSentEvents events, ChatDelta delta, string? finishReason) =>
            WriteChoicesAsync(events, [new ChatChunkChoice { Delta = delta, FinishReason = finishReason }], null);

        Task WriteChoicesAsync(ServerSentEvents events, ChatChunkChoice[] choices, CompletionUsage? usage) => includeUsage
            ? events.WriteAsync(
                new ChatCompletionChunkWithUsage { Id = head.Id, Created = head.Created, Model = head.Model, SystemFingerprint = head.SystemFingerprint, Choices = choices, Usage = usage },
                OpenAiJson.Default.ChatCompletionChunkWithUsage,
                http.RequestAborted)
            : events.WriteAsync(
                new ChatCompletionChunk { Id = head.Id, Created = head.Created, Model = head.Model, SystemFingerprint = head.SystemFingerprint, Choices = choices },
                OpenAiJson.Default.ChatCompletionChunk,
                http.RequestAborted);
    }
}
