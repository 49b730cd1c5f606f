using System.Numerics.Tensors;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using EmbeddingClient = LlmPlatform.Contracts.Embedding.V1.Embedding.EmbeddingClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>
/// One stream to the embedding service for many texts. A text longer than the encoder's window is cut into
/// windows; its vector is their mean.
/// </summary>
internal sealed class EmbeddingSession(EmbeddingClient client, Encoder encoder, InputType inputType, CancellationToken cancellationToken) : IDisposable
{
    private const int MaxInputs = 32;
    private const int MaxCharacters = 200_000;
    private const int ShortestWindow = 16;

    // Cut evenly by characters, windows differ in tokens.
    private const double WindowMargin = 0.9;

    private AsyncDuplexStreamingCall<EmbedStreamRequest, EmbedStreamResponse>? _call;

    /// <summary>The vectors of texts, each of unit length, in their order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokens">How many tokens each has.</param>
    public async Task<float[][]> EmbedAsync(IReadOnlyList<string> texts, IReadOnlyList<int> tokens)
    {
        List<Window> windows = [];
        for (int i = 0; i < texts.Count; i++)
        {
            int parts = (int)Math.Ceiling(tokens[i] / Math.Max(1.0, tokens[i] > encoder.Window ? encoder.Window * WindowMargin : encoder.Window));
            windows.AddRange(Split(texts[i], Math.Max(1, parts)).Select(part => new Window(i, part)));
        }

        float[][] sums = new float[texts.Count][];
        while (windows.Count > 0)
        {
            // A window that was still too long is cut in two and comes again.
            List<Window> again = [];
            foreach (Window[] batch in Batches(windows))
            {
                EmbedStreamResponse response = await SendAsync(batch);
                for (int i = 0; i < batch.Length; i++)
                {
                    if (response.Embeddings[i].Truncated && batch[i].Text.Length > ShortestWindow)
                    {
                        again.AddRange(Split(batch[i].Text, 2).Select(part => batch[i] with { Text = part }));
                        continue;
                    }

                    float[] vector = TextEmbedder.Unpack(response.Embeddings[i].Values, encoder);
                    TensorPrimitives.Multiply(vector, batch[i].Text.Length, vector);
                    float[] sum = sums[batch[i].Index] ??= new float[encoder.Dimensions];
                    TensorPrimitives.Add(sum, vector, sum);
                }
            }

            windows = again;
        }

        foreach (float[] sum in sums)
        {
            float norm = TensorPrimitives.Norm(sum);
            if (norm > 0)
            {
                TensorPrimitives.Divide(sum, norm, sum);
            }
        }

        return sums;
    }

    public void Dispose() => _call?.Dispose();

    /// <summary>Cuts a text into about equal parts, at white space where there is some.</summary>
    internal static IEnumerable<string> Split(string text, int parts)
    {
        int start = 0;
        for (int part = 1; part <= parts && start < text.Length; part++)
        {
            int end = part == parts ? text.Length : Math.Max(start + 1, (int)((long)text.Length * part / parts));
            if (end < text.Length)
            {
                int space = text.LastIndexOfAny([' ', '\n', '\t'], end - 1, end - start);
                end = space > start + ((end - start) / 2) ? space + 1 : end;
                end = char.IsLowSurrogate(text[end]) ? end + 1 : end;
            }

            yield return text[start..end];
            start = end;
        }
    }

    private static IEnumerable<Window[]> Batches(List<Window> windows)
    {
        List<Window> batch = [];
        int characters = 0;
        foreach (Window window in windows)
        {
            if (batch.Count == MaxInputs || (batch.Count > 0 && characters + window.Text.Length > MaxCharacters))
            {
                yield return [.. batch];
                batch.Clear();
                characters = 0;
            }

            batch.Add(window);
            characters += window.Text.Length;
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    private async Task<EmbedStreamResponse> SendAsync(Window[] batch)
    {
        EmbedStreamRequest request = new();
        if (_call is null)
        {
            _call = client.EmbedStream(cancellationToken: cancellationToken);
            request.Model = encoder.Reference;
            request.Options = new EmbedOptions { InputType = inputType, Normalize = true, Truncate = true };
        }

        request.Inputs.AddRange(batch.Select(window => new EmbedInput { Text = window.Text }));
        try
        {
            await _call.RequestStream.WriteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            // A call that the service refused says why when it is read from, not when it is written to.
            await _call.ResponseStream.MoveNext(cancellationToken);
            throw;
        }

        if (!await _call.ResponseStream.MoveNext(cancellationToken))
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the embedding service ended the stream early"));
        }

        EmbedStreamResponse response = _call.ResponseStream.Current;
        return response.Version == encoder.Version && response.Dimensions == encoder.Dimensions && response.Embeddings.Count == batch.Length
            ? response
            : throw new InvalidOperationException($"the embedding service answered with version {response.Version}, expected {encoder.Version} and {batch.Length} vectors");
    }

    private sealed record Window(int Index, string Text);
}
