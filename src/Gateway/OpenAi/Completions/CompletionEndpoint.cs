using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Generation;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.Streaming;
using LlmPlatform.Gateway.Telemetry;
using GenerationClient = LlmPlatform.Contracts.Generation.V1.Generation.GenerationClient;

namespace LlmPlatform.Gateway.OpenAi.Completions;

/// <summary><c>POST /v1/completions</c> over <c>Generation.Generate</c>.</summary>
internal sealed class CompletionEndpoint(GenerationClient generation, TimeProvider clock, ILogger<CompletionEndpoint> logger)
{
    private const string IdPrefix = "cmpl-";

    public async Task HandleAsync(HttpContext http)
    {
        CancellationToken cancellation = http.RequestAborted;
        CompletionRequest request = CompletionRequestReader.Read(await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        GenAiSpan span = GenAiSpan.Begin(http, "text_completion", request.Model);
        span.NoteRequest(request.Sampling, request.MaxTokens);

        // Disposing the call, or the caller's going away, cancels it at the service.
        using AsyncServerStreamingCall<GenerateResponse> call = generation.Generate(request.ToRpc(), cancellationToken: cancellation);
        IAsyncEnumerable<GeneratedPart> parts = GeneratedPart.ReadAsync(call, cancellation);
        if (request.Stream ?? false)
        {
            await StreamAsync(http, request, parts, span);
        }
        else
        {
            Completion answer = await CollectAsync(request, parts, span);
            await OpenAiJson.WriteAsync(http, answer, OpenAiJson.Default.Completion);
        }
    }

    private async Task<Completion> CollectAsync(CompletionRequest request, IAsyncEnumerable<GeneratedPart> parts, GenAiSpan span)
    {
        CollectedAnswer answer = await CollectedAnswer.ReadAsync(parts, IdPrefix, request.Model, clock, span);
        return new Completion
        {
            Id = answer.Head.Id,
            Created = answer.Head.Created,
            Model = answer.Head.Model,
            SystemFingerprint = answer.Head.SystemFingerprint,
            Choices = [new CompletionChoice { Text = answer.Text, FinishReason = answer.FinishReason }],
            Usage = answer.Usage,
        };
    }

    private Task StreamAsync(HttpContext http, CompletionRequest request, IAsyncEnumerable<GeneratedPart> parts, GenAiSpan span)
    {
        bool includeUsage = request.StreamOptions?.IncludeUsage ?? false;
        AnswerHead head = null!;
        return new AnswerStream(http, parts, span, logger).SendAsync(
            begin: (_, first) =>
            {
                head = AnswerHead.From(first, IdPrefix, request.Model, clock);
                return Task.CompletedTask;
            },
            write: (events, part) => part.Text.Length > 0 || part.FinishReason is not null
                ? WriteAsync(events, [new CompletionChoice { Text = part.Text, FinishReason = part.FinishReason }], null)
                : Task.CompletedTask,
            end: (events, usage) => includeUsage ? WriteAsync(events, [], usage) : Task.CompletedTask);

        Task WriteAsync(ServerSentEvents events, CompletionChoice[] choices, CompletionUsage? usage) => includeUsage
            ? events.WriteAsync(
                new CompletionChunkWithUsage { Id = head.Id, Created = head.Created, Model = head.Model, SystemFingerprint = head.SystemFingerprint, Choices = choices, Usage = usage },
                OpenAiJson.Default.CompletionChunkWithUsage,
                http.RequestAborted)
            : events.WriteAsync(
                new CompletionChunk { Id = head.Id, Created = head.Created, Model = head.Model, SystemFingerprint = head.SystemFingerprint, Choices = choices },
                OpenAiJson.Default.CompletionChunk,
                http.RequestAborted);
    }
}
