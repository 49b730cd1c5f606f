using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.ServiceDefaults.Errors;
using EmbeddingClient = LlmPlatform.Contracts.Embedding.V1.Embedding.EmbeddingClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>Makes vectors with the encoder that a collection is pinned to.</summary>
internal sealed class TextEmbedder(EmbeddingClient client)
{
    /// <summary>The vector of a query, with unit length, and the tokens it cost.</summary>
    public async Task<(float[] Vector, EmbedUsage Usage)> EmbedQueryAsync(Encoder encoder, string query, CancellationToken cancellationToken)
    {
        EmbedResponse response = await client.EmbedAsync(
            new EmbedRequest
            {
                Model = encoder.Reference,
                Inputs = { new EmbedInput { Text = query } },
                Options = new EmbedOptions { InputType = InputType.Query, Normalize = true },
            },
            cancellationToken: cancellationToken);
        return (Unpack(response.Embeddings[0].Values, encoder), response.Usage ?? new EmbedUsage());
    }

    /// <summary>A stream for the texts of documents; the first call opens it.</summary>
    public EmbeddingSession OpenSession(Encoder encoder, CancellationToken cancellationToken) => OpenSession(encoder, InputType.Document, cancellationToken);

    /// <summary>A stream for texts of one kind.</summary>
    public EmbeddingSession OpenSession(Encoder encoder, InputType inputType, CancellationToken cancellationToken) => new(client, encoder, inputType, cancellationToken);

    /// <summary>Reads a packed vector and gives it unit length.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: another length than the encoder's.</exception>
    public static float[] Unpack(ByteString packed, Encoder encoder, string field = "query_vector")
    {
        if (packed.Length != encoder.Dimensions * sizeof(float))
        {
            throw RpcErrors.InvalidArgument(field, $"{packed.Length} bytes", $"{encoder.Dimensions} float32 numbers, {encoder.Dimensions * sizeof(float)} bytes");
        }

        float[] vector = new float[encoder.Dimensions];
        packed.Span.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        float norm = TensorPrimitives.Norm(vector);
        if (!float.IsFinite(norm))
        {
            throw RpcErrors.InvalidArgument(field, null, "finite numbers");
        }

        if (norm > 0)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }

        return vector;
    }
}
