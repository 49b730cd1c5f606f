using LlmPlatform.Contracts.Embedding.V1;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>Cuts inputs into what one gRPC message carries, either way.</summary>
internal static class EmbeddingBatches
{
    /// <summary>Vectors of 4,096 dimensions then make an answer of 2 MiB.</summary>
    public const int MostInputs = 128;

    /// <summary>With one more input of the longest kind it stays under the limit of 4 MiB.</summary>
    public const int MostBytes = 1 << 20;

    public static IEnumerable<EmbedInput[]> Split(IReadOnlyList<EmbedInput> inputs)
    {
        List<EmbedInput> batch = [];
        int bytes = 0;
        foreach (EmbedInput input in inputs)
        {
            int size = input.CalculateSize();
            if (batch.Count == MostInputs || (batch.Count > 0 && bytes + size > MostBytes))
            {
                yield return [.. batch];
                batch.Clear();
                bytes = 0;
            }

            batch.Add(input);
            bytes += size;
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }
}
