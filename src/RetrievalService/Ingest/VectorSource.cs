using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Models;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>The vectors of texts: those that the index has of the same text already, and the encoder's for the others.</summary>
internal sealed class VectorSource(IChunkIndex index, TextEmbedder embedder)
{
    /// <summary>Begins with the texts of a document. Without an encoder there are hashes but no vectors.</summary>
    public Session Open(string indexName, string tenant, Encoder? encoder, CancellationToken cancellationToken) =>
        new(index, indexName, tenant, encoder is null ? null : embedder.OpenSession(encoder, cancellationToken), cancellationToken);

    internal sealed record Text(string Value, int Tokens);

    internal sealed record Batch(IReadOnlyList<string> Hashes, IReadOnlyList<ReadOnlyMemory<float>> Vectors, int Embedded);

    internal sealed class Session(IChunkIndex index, string indexName, string tenant, EmbeddingSession? embedding, CancellationToken cancellationToken) : IDisposable
    {
        public async Task<Batch> GetAsync(IReadOnlyList<Text> texts)
        {
            string[] hashes = [.. texts.Select(text => IndexPoint.HashOf(text.Value))];
            if (embedding is null)
            {
                return new Batch(hashes, new ReadOnlyMemory<float>[texts.Count], 0);
            }

            Dictionary<string, ReadOnlyMemory<float>> known = new(
                await index.FindVectorsAsync(indexName, tenant, [.. hashes.Distinct()], cancellationToken), StringComparer.Ordinal);
            int[] missing = [.. Enumerable.Range(0, texts.Count).Where(i => !known.ContainsKey(hashes[i])).DistinctBy(i => hashes[i])];
            if (missing.Length > 0)
            {
                float[][] made = await embedding.EmbedAsync([.. missing.Select(i => texts[i].Value)], [.. missing.Select(i => texts[i].Tokens)]);
                for (int i = 0; i < missing.Length; i++)
                {
                    known[hashes[missing[i]]] = made[i];
                }
            }

            return new Batch(hashes, [.. hashes.Select(hash => known[hash])], missing.Length);
        }

        public void Dispose() => embedding?.Dispose();
    }
}
