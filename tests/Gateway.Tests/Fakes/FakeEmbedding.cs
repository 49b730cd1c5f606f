using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>A text's vector is its length in bytes, a half, and -1.5e-7; a token costs a byte.</summary>
internal sealed class FakeEmbedding(FakeCalls calls) : Embedding.EmbeddingBase
{
    public static readonly float[] Tail = [0.5f, -1.5e-7f];

    public override async Task EmbedStream(
        IAsyncStreamReader<EmbedStreamRequest> requestStream, IServerStreamWriter<EmbedStreamResponse> responseStream, ServerCallContext context)
    {
        calls.Headers.Enqueue(context.RequestHeaders);
        long index = 0;
        string model = "";
        int dimensions = 3;
        await foreach (EmbedStreamRequest request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            calls.Embeds.Enqueue(request);
            if (index == 0)
            {
                model = request.Model;
                dimensions = request.Options.HasDimensions ? request.Options.Dimensions : 3;
            }

            if (model == "missing")
            {
                throw RpcErrors.NotFound("model", model);
            }

            EmbedStreamResponse response = new() { Model = model, Version = "v", Dimensions = dimensions, FirstIndex = index };
            foreach (EmbedInput input in request.Inputs)
            {
                if (input.Text == "forbidden")
                {
                    throw RpcErrors.InvalidArgument($"inputs[{response.Embeddings.Count}].text", null, "a text that is allowed");
                }

                int size = input.InputCase == EmbedInput.InputOneofCase.Tokens ? input.Tokens.Ids.Count : Encoding.UTF8.GetByteCount(input.Text);
                response.Embeddings.Add(new EmbeddingVector { Values = Pack([size, .. Tail], dimensions), TokenCount = size });
                index++;
            }

            if (model != "lazy" || index < 2)
            {
                await responseStream.WriteAsync(response);
            }
        }
    }

    public override Task<SimilarityResponse> Similarity(SimilarityRequest request, ServerCallContext context) =>
        Task.FromResult(new SimilarityResponse { Model = request.Model, SimilarityFnName = "cosine" });

    private static ByteString Pack(float[] values, int dimensions)
    {
        byte[] bytes = new byte[sizeof(float) * dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return ByteString.CopyFrom(bytes);
    }
}
