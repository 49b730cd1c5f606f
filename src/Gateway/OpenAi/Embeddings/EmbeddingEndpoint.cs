using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.Telemetry;
using EmbeddingClient = LlmPlatform.Contracts.Embedding.V1.Embedding.EmbeddingClient;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>
/// <c>POST /v1/embeddings</c> over <c>Embedding.EmbedStream</c>: many inputs go in several messages of one call, so they
/// are all answered by the same version of the model.
/// </summary>
internal sealed class EmbeddingEndpoint(EmbeddingClient embedding)
{
    private const long LargestBody = 32 << 20;

    public async Task HandleAsync(HttpContext http)
    {
        CreateEmbeddingRequest request = EmbeddingRequestReader.Read(await RequestBody.ReadJsonAsync(http, LargestBody, http.RequestAborted));
        GenAiSpan span = GenAiSpan.Begin(http, "embeddings", request.Model);
        CreateEmbeddingResponse answer = await EmbedAsync(request, http.RequestAborted);
        span.NoteUsage(answer.Usage.PromptTokens, null);
        await OpenAiJson.WriteAsync(http, answer, OpenAiJson.Default.CreateEmbeddingResponse);
    }

    private async Task<CreateEmbeddingResponse> EmbedAsync(CreateEmbeddingRequest request, CancellationToken cancellation)
    {
        using AsyncDuplexStreamingCall<EmbedStreamRequest, EmbedStreamResponse> call = embedding.EmbedStream(cancellationToken: cancellation);

        // Both directions at once: a service that answers as it goes must not wait for a reader that is still writing.
        Task writing = WriteAsync(request, call.RequestStream, cancellation);
        EmbeddingItem?[] items = new EmbeddingItem?[request.Input.Items.Count];
        string model = request.Model;
        long tokens = 0;
        int answered = 0;
        while (await MoveNextAsync())
        {
            EmbedStreamResponse part = call.ResponseStream.Current;
            model = part.Model.Length > 0 ? part.Model : model;
            for (int i = 0; i < part.Embeddings.Count; i++)
            {
                long index = part.FirstIndex + i;
                if (index < 0 || index >= items.Length)
                {
                    throw RpcErrorTranslation.Unexpected(new InvalidDataException($"the embedding service answered input {index} of {items.Length}"));
                }

                ByteString values = part.Embeddings[i].Values;
                items[index] = new EmbeddingItem
                {
                    Index = (int)index,
                    Embedding = new EmbeddingValues { Packed = values.Memory, AsBase64 = request.WantsBase64() },
                };
                tokens += part.Embeddings[i].TokenCount;
                answered++;
            }
        }

        await writing;
        return items.All(item => item is not null)
            ? new CreateEmbeddingResponse { Data = items!, Model = model, Usage = new EmbeddingUsage { PromptTokens = tokens } }
            : throw RpcErrorTranslation.Unexpected(new InvalidDataException("the embedding service left inputs unanswered"));

        async Task<bool> MoveNextAsync()
        {
            try
            {
                return await call.ResponseStream.MoveNext(cancellation);
            }
            catch (RpcException error) when (!cancellation.IsCancellationRequested)
            {
                // It counts within the message, which begins after what it has answered.
                throw error.ToOpenAi(firstInput: answered);
            }
        }
    }

    private static async Task WriteAsync(CreateEmbeddingRequest request, IClientStreamWriter<EmbedStreamRequest> writer, CancellationToken cancellation)
    {
        EmbedStreamRequest message = new() { Model = request.Model, Options = request.ToRpcOptions() };
        try
        {
            foreach (EmbedInput[] batch in EmbeddingBatches.Split(request.Input.Items))
            {
                message.Inputs.AddRange(batch);
                await writer.WriteAsync(message, cancellation);
                message = new EmbedStreamRequest();
            }

            await writer.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            // The service has ended the call: why, the reader is told.
        }
    }
}
