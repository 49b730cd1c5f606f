using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;

namespace LlmPlatform.Benchmarks;

/// <summary>Embeddings per second in batches, and the latency of one short text.</summary>
internal static class EmbeddingBenchmark
{
    private const int BatchSize = 64;
    private const int Batches = 4;
    private const int Rounds = 3;

    public static async Task<IReadOnlyList<Measurement>> RunAsync(CallInvoker invoker, string model)
    {
        Embedding.EmbeddingClient client = new(invoker);
        await EmbedAsync(client, model, 1, 0);
        double batched = 0, tokens = 0, single = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            long count = 0;
            for (int batch = 0; batch < Batches; batch++)
            {
                count += await EmbedAsync(client, model, BatchSize, (round * Batches) + batch);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (BatchSize * Batches / seconds > batched)
            {
                batched = BatchSize * Batches / seconds;
                tokens = count / seconds;
            }

            for (int repeat = 0; repeat < 10; repeat++)
            {
                start = Stopwatch.GetTimestamp();
                await EmbedAsync(client, model, 1, repeat);
                single = Math.Min(single, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return
        [
            new($"embedding with {model}, batches of {BatchSize}", batched, "embeddings/s"),
            new($"embedding with {model}, batches of {BatchSize}", tokens, "tokens/s"),
            new($"embedding with {model}, one short text", single, "ms"),
        ];
    }

    private static async Task<long> EmbedAsync(Embedding.EmbeddingClient client, string model, int texts, int salt)
    {
        EmbedRequest request = new() { Model = model };
        for (int i = 0; i < texts; i++)
        {
            request.Inputs.Add(new EmbedInput { Text = $"Report {salt}-{i}: the quick brown fox jumps over the lazy dog near the river bank at noon." });
        }

        EmbedResponse response = await client.EmbedAsync(request);
        return response.Usage.PromptTokens;
    }
}
