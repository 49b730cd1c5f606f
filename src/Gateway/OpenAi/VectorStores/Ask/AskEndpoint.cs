using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.Streaming;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;
using LlmPlatform.Gateway.Telemetry;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Ask;

/// <summary><c>POST /v1/vector_stores/{id}/ask</c> over <c>Retrieval.Ask</c>.</summary>
internal sealed class AskEndpoint(RetrievalClient retrieval, ILogger<AskEndpoint> logger)
{
    public async Task HandleAsync(HttpContext http, string store)
    {
        CancellationToken cancellation = http.RequestAborted;
        (AskRequest request, bool stream) = AskVectorStoreRequest.Read(store, await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        GenAiSpan span = GenAiSpan.BeginRetrieval(http, store, request.Model is { Length: > 0 } model ? model : null);
        using AsyncServerStreamingCall<AskResponse> call = retrieval.Ask(request, cancellationToken: cancellation);
        AskReader reader = new(call, span);
        if (stream)
        {
            await StreamAsync(http, reader, span);
        }
        else
        {
            List<AskSentence> sentences = [];
            while (await reader.ReadAsync(cancellation) is { } part)
            {
                if (part.Sentence is not null)
                {
                    sentences.Add(part.Sentence);
                }
            }

            AskAnswer answer = new() { Passages = reader.Items, Sentences = sentences, Result = reader.Result! };
            await OpenAiJson.WriteAsync(http, answer, OpenAiJson.Default.AskAnswer);
        }
    }

    /// <summary>What fails before the first event has a status of its own; later it is an event itself.</summary>
    private async Task StreamAsync(HttpContext http, AskReader reader, GenAiSpan span)
    {
        CancellationToken cancellation = http.RequestAborted;
        AskEvent? part = await reader.ReadAsync(cancellation);
        using ServerSentEvents events = new(http);
        try
        {
            for (; part is not null; part = await reader.ReadAsync(cancellation))
            {
                await events.WriteAsync(part, OpenAiJson.Default.AskEvent, cancellation);
            }

            await events.WriteDoneAsync(cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is RpcException or OpenAiException)
        {
            OpenAiException error = OpenAiErrorMiddleware.Translate(exception);
            span.Fail(error);
            logger.LogError(error.InnerException ?? error, "the streamed answer of {Path} failed midway", http.Request.Path);
            await events.WriteAsync(new ErrorResponse { Error = error.Error }, OpenAiJson.Default.ErrorResponse, cancellation);
        }
    }

    /// <summary>Reads the service's events and turns them into the API's.</summary>
    private sealed class AskReader(AsyncServerStreamingCall<AskResponse> call, GenAiSpan span)
    {
        private IReadOnlyList<SearchResult> _passages = [];

        public IReadOnlyList<SearchResultItem> Items => [.. _passages.Select(result => SearchResultItem.From(result, explain: true))];

        public AskResult? Result { get; private set; }

        /// <returns>Null after the last event.</returns>
        public async Task<AskEvent?> ReadAsync(CancellationToken cancellation)
        {
            if (!await call.ResponseStream.MoveNext(cancellation))
            {
                // Half an answer must not pass for a whole one.
                return Result is not null ? null : throw Unexpected("the retrieval service ended its answer without a result");
            }

            AskResponse part = call.ResponseStream.Current;
            switch (part.EventCase)
            {
                case AskResponse.EventOneofCase.Passages:
                    _passages = part.Passages.Results;
                    return new AskEvent { Type = "passages", Passages = Items };
                case AskResponse.EventOneofCase.TextDelta:
                    return new AskEvent { Type = "text_delta", TextDelta = part.TextDelta };
                case AskResponse.EventOneofCase.Sentence:
                    return new AskEvent { Type = "sentence", Sentence = AskSentence.From(part.Sentence, _passages) };
                case AskResponse.EventOneofCase.End:
                    Result = AskResult.From(part.End, _passages);
                    span.NoteUsage(part.End.PromptTokens, part.End.CompletionTokens);
                    return new AskEvent { Type = "result", Result = Result };
                default:
                    throw Unexpected("the retrieval service sent an event that is none of passages, text_delta, sentence, end");
            }
        }

        private static OpenAiException Unexpected(string problem) => RpcErrorTranslation.Unexpected(new InvalidDataException(problem));
    }
}
