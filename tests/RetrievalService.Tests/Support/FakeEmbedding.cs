using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>
/// An encoder whose vectors tell which words a text has: <see cref="Dimensions"/> counts of words by hash. It sees
/// <see cref="Window"/> words. Its model's name ends with the number of dimensions, if not the usual one.
/// </summary>
internal sealed class EmbeddingState(ModelsState models)
{
    public const int Dimensions = 16;
    public const int Window = 100;

    private volatile TaskCompletionSource _open = Opened();

    /// <summary>The texts of documents that were embedded.</summary>
    public ConcurrentQueue<string> Texts { get; } = [];

    /// <summary>How many of the next calls say UNAVAILABLE.</summary>
    public int Failures;

    /// <summary>Calls of EmbedStream wait from here on until the gate is opened.</summary>
    public void Close() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    public Task WaitAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    public void ThrowIfFailing()
    {
        if (Interlocked.Decrement(ref Failures) >= 0)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the encoder is away"));
        }

        Interlocked.Increment(ref Failures);
    }

    public (string Name, string Version) Find(string reference)
    {
        string[] parts = reference.Split('@');
        return models.Models.Any(model => model.Name == parts[0] && model.Version == parts[1])
            ? (parts[0], parts[1])
            : throw new RpcException(new Status(StatusCode.NotFound, $"model {reference} was not found"));
    }

    public static EmbeddingVector Embed(string text, string version)
    {
        string[] words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        float[] vector = new float[version.StartsWith("wide", StringComparison.Ordinal) ? Dimensions * 2 : Dimensions];
        foreach (string word in words.Take(Window))
        {
            vector[HashOf(version + word.ToLowerInvariant()) % vector.Length]++;
        }

        float norm = MathF.Sqrt(vector.Sum(value => value * value));
        return new EmbeddingVector
        {
            Values = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(vector.Select(value => value / Math.Max(norm, 1e-6f)).ToArray())),
            TokenCount = Math.Min(words.Length, Window) + 2,
            Truncated = words.Length > Window,
        };
    }

    private static int HashOf(string word) => word.Aggregate(17, (hash, c) => (hash * 31) + c) & int.MaxValue;

    private static TaskCompletionSource Opened()
    {
        TaskCompletionSource source = new();
        source.SetResult();
        return source;
    }
}

internal sealed class FakeEmbedding(EmbeddingState state) : Embedding.EmbeddingBase
{
    public override Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context)
    {
        (string name, string version) = state.Find(request.Model);
        List<EmbeddingVector> vectors = [.. request.Inputs.Select(input => EmbeddingState.Embed(input.Text, version))];
        return Task.FromResult(new EmbedResponse
        {
            Model = name,
            Version = version,
            Dimensions = vectors[0].Values.Length / sizeof(float),
            Embeddings = { vectors },
            Usage = new EmbedUsage { PromptTokens = vectors.Sum(vector => vector.TokenCount) },
        });
    }

    public override async Task EmbedStream(IAsyncStreamReader<EmbedStreamRequest> requestStream, IServerStreamWriter<EmbedStreamResponse> responseStream, ServerCallContext context)
    {
        string model = "";
        long index = 0;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            EmbedStreamRequest request = requestStream.Current;
            model = model.Length == 0 ? request.Model : model;
            await state.WaitAsync(context.CancellationToken);
            state.ThrowIfFailing();
            (string name, string version) = state.Find(model);
            List<EmbeddingVector> vectors = [.. request.Inputs.Select(input => EmbeddingState.Embed(input.Text, version))];
            foreach (EmbedInput input in request.Inputs)
            {
                state.Texts.Enqueue(input.Text);
            }

            await responseStream.WriteAsync(new EmbedStreamResponse
            {
                Model = name,
                Version = version,
                Dimensions = vectors[0].Values.Length / sizeof(float),
                FirstIndex = index,
                Embeddings = { vectors },
            });
            index += vectors.Count;
        }
    }
}
