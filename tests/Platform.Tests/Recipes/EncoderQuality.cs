using System.Diagnostics;
using System.Numerics.Tensors;
using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Platform.Tests.Retrieval;

namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>What an encoder is worth, measured with the engine.</summary>
internal sealed class EncoderQuality(string folder) : IDisposable
{
    private const int BatchSize = 64;
    private const int Nearest = 5;

    private readonly SentenceEncoder _encoder = SentenceEncoder.Load(ModelFolder.Open(folder));

    public void Dispose() => _encoder.Dispose();

    /// <summary>Spearman's correlation of cosines and scores.</summary>
    public async Task<double> SpearmanAsync(IReadOnlyList<SentencePair> pairs, CancellationToken cancellationToken) =>
        Agreement.Spearman(await CosinesAsync(pairs, cancellationToken), [.. pairs.Select(pair => pair.Score)]);

    /// <summary>The area under the ROC curve of cosines.</summary>
    public async Task<double> AurocAsync(IReadOnlyList<SentencePair> pairs, CancellationToken cancellationToken) =>
        Agreement.Auroc(await CosinesAsync(pairs, cancellationToken), [.. pairs.Select(pair => pair.Score)]);

    /// <summary>How many questions have their passage among the five nearest.</summary>
    public async Task<double> Recall5Async(KorQuad data, int everyNth, CancellationToken cancellationToken)
    {
        KorQuad.Question[] questions = [.. data.Questions.Where((_, i) => i % everyNth == 0)];
        float[][] passages = await EmbedAsync(data.Passages, "passage", cancellationToken);
        float[][] asked = await EmbedAsync([.. questions.Select(question => question.Text)], "query", cancellationToken);
        int found = 0;
        for (int i = 0; i < questions.Length; i++)
        {
            float[] similar = [.. passages.Select(passage => TensorPrimitives.Dot<float>(passage, asked[i]))];
            float right = similar[questions[i].Passage];
            found += similar.Count(value => value > right) < Nearest ? 1 : 0;
        }

        return (double)found / questions.Length;
    }

    /// <summary>Texts a second, the best of several rounds.</summary>
    public async Task<double> SpeedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        const int Rounds = 3;
        double best = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await EmbedAsync(texts, "query", cancellationToken);
            best = Math.Max(best, texts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private async Task<double[]> CosinesAsync(IReadOnlyList<SentencePair> pairs, CancellationToken cancellationToken)
    {
        float[][] first = await EmbedAsync([.. pairs.Select(pair => pair.First)], "query", cancellationToken);
        float[][] second = await EmbedAsync([.. pairs.Select(pair => pair.Second)], "query", cancellationToken);
        return [.. first.Select((vector, i) => (double)TensorPrimitives.CosineSimilarity<float>(vector, second[i]))];
    }

    private async Task<float[][]> EmbedAsync(IReadOnlyList<string> texts, string prompt, CancellationToken cancellationToken)
    {
        // By length, so that a batch's texts are alike.
        float[][] vectors = new float[texts.Count][];
        foreach (int[] batch in Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length).Chunk(BatchSize))
        {
            Embedding[] some = await _encoder.EmbedAsync([.. batch.Select(i => texts[i])], new EmbedOptions { PromptName = prompt }, cancellationToken);
            for (int i = 0; i < batch.Length; i++)
            {
                vectors[batch[i]] = some[i].Values;
            }
        }

        return vectors;
    }
}
