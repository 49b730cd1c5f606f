using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// KorQuAD's passages and, beyond them, texts put together from the sentences of several passages. The vector of such a
/// text is the normalised mixture of its passages' vectors and noise: the index cannot tell it from an embedded one.
/// </summary>
internal sealed class RecombinedPassages
{
    private const int PassagesOfText = 3;
    private const float Noise = 0.3f;
    private readonly string[][] _sentences;
    private readonly string[] _passages;
    private readonly float[][] _vectors;

    private RecombinedPassages(string[] passages, string[] questions, float[][] vectors)
    {
        _passages = passages;
        Questions = questions;
        _vectors = vectors;
        _sentences = [.. passages.Select(passage => passage.Split(". ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }

    public string[] Questions { get; }

    public int Count => _passages.Length;

    public int Dimensions => _vectors[0].Length;

    /// <summary>Reads passages (so many at most) and embeds their first characters, unless a file has their vectors already.</summary>
    public static async Task<RecombinedPassages> LoadAsync(SentenceEncoder encoder, int most, int characters, string? vectorFile)
    {
        using JsonDocument korquad = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.TryFind("data", "korquad", "KorQuAD_v1.0_dev.json")!));
        JsonElement[] paragraphs = [.. korquad.RootElement.GetProperty("data").EnumerateArray().SelectMany(article => article.GetProperty("paragraphs").EnumerateArray())];
        string[] passages = [.. paragraphs.Select(paragraph => paragraph.GetProperty("context").GetString()!).Distinct().Take(most)];
        string[] questions = [.. paragraphs.SelectMany(paragraph => paragraph.GetProperty("qas").EnumerateArray()).Select(question => question.GetProperty("question").GetString()!)];
        return new RecombinedPassages(passages, questions, await VectorsAsync(encoder, [.. passages.Select(passage => passage[..Math.Min(passage.Length, characters)])], vectorFile));
    }

    /// <summary>A text and its vector; the first are KorQuAD's own.</summary>
    public (string Text, float[] Vector) At(int index)
    {
        if (index < _passages.Length)
        {
            return (_passages[index], _vectors[index]);
        }

        Random random = new(index);
        float[] mixture = new float[Dimensions];
        List<string> text = [];
        for (int i = 0; i < PassagesOfText; i++)
        {
            int passage = random.Next(_passages.Length);
            float share = 0.2f + random.NextSingle();
            for (int d = 0; d < mixture.Length; d++)
            {
                mixture[d] += share * _vectors[passage][d];
            }

            text.AddRange(Enumerable.Range(0, 2).Select(_ => _sentences[passage][random.Next(_sentences[passage].Length)]));
        }

        float scale = Noise / MathF.Sqrt(Dimensions) * Length(mixture);
        for (int d = 0; d < mixture.Length; d++)
        {
            mixture[d] += scale * (float)Gauss(random);
        }

        float length = Length(mixture);
        return (string.Join(". ", text), [.. mixture.Select(value => value / length)]);
    }

    private static async Task<float[][]> VectorsAsync(SentenceEncoder encoder, string[] passages, string? file)
    {
        if (file is not null && File.Exists(file))
        {
            float[][]? kept = JsonSerializer.Deserialize<float[][]>(await File.ReadAllBytesAsync(file));
            if (kept is not null && kept.Length == passages.Length)
            {
                return kept;
            }
        }

        Embedding[] embeddings = await encoder.EmbedAsync(passages, new EmbedOptions { PromptName = "passage", Normalize = true });
        float[][] vectors = [.. embeddings.Select(embedding => embedding.Values)];
        if (file is not null)
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(vectors));
        }

        return vectors;
    }

    private static float Length(float[] vector) => MathF.Sqrt(vector.Sum(value => value * value));

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
