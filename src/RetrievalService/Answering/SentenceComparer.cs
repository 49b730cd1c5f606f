using System.Numerics.Tensors;
using LlmPlatform.Retrieval.Answering;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Searching;

namespace LlmPlatform.RetrievalService.Answering;

/// <summary>Compares sentences with a question by the encoder of the collection that was searched.</summary>
internal sealed class SentenceComparer(TextEmbedder embedder)
{
    /// <summary>The comparison for a search; null where the collection has no vectors.</summary>
    public SentenceSimilarity? For(CollectionAnswer found)
    {
        if (found.Collection.Encoder is not { } encoder || found.QueryVector.Length == 0)
        {
            return null;
        }

        return async (sentences, cancellationToken) =>
        {
            using EmbeddingSession session = embedder.OpenSession(encoder, cancellationToken);
            float[][] vectors = await session.EmbedAsync(sentences, [.. sentences.Select(_ => 0)]);
            return [.. vectors.Select(vector => (double)TensorPrimitives.Dot<float>(found.QueryVector, vector))];
        };
    }
}
