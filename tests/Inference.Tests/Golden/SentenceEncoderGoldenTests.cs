using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>Small random sentence-transformers folders: every one, every expected tensor.</summary>
[Trait("Category", "Golden")]
public sealed class SentenceEncoderGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> data = [];
            string? root = SharedData.TryFind("golden", "models");
            IEnumerable<string> folders = root is null ? [] : Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal);
            foreach (string folder in folders.Where(folder => File.Exists(Path.Combine(folder, "modules.json"))))
            {
                foreach (JsonProperty expected in GoldenModels.Case(folder).GetProperty("expected").EnumerateObject())
                {
                    data.Add(Path.GetFileName(folder), expected.Name);
                }
            }

            if (data.Count == 0)
            {
                data.Add("", "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Vectors_are_those_of_the_reference(string folder, string tensor)
    {
        SharedData.Require("golden", "models", folder);
        string? missing = GoldenCoverage.MissingFeature($"models/{folder}/{tensor}");
        GoldenCoverage.Count("models (sentence encoders)", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        string path = GoldenModels.Folder(folder);
        JsonElement item = GoldenModels.Case(path);
        using GoldenTensors expected = new(Path.Combine(path, "expected.safetensors"));
        using SentenceEncoder encoder = SentenceEncoder.Load(ModelFolder.Open(path), new SentenceEncoderOptions { Threads = 2, BatchTokens = 60 });
        Assert.Equal(item.GetProperty("max_seq_length").GetInt32(), encoder.MaxSequenceLength);
        EmbedOptions options = tensor switch
        {
            "embeddings" or "similarity" => new EmbedOptions(),
            "embeddings_normalized" => new EmbedOptions { Normalize = true },
            "embeddings_with_prompt" => new EmbedOptions { PromptName = item.GetProperty("prompt_name").GetString() },
            // The reference cuts what the modules gave and leaves it so.
            "embeddings_truncated" => new EmbedOptions { Dimensions = item.GetProperty("truncate_dim").GetInt32(), Normalize = false },
            _ => throw new NotSupportedException($"no way to ask for {tensor}"),
        };
        string[] sentences = [.. item.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];
        Embedding[] embeddings = await encoder.EmbedAsync(sentences, options, TestContext.Current.CancellationToken);
        float[] actual = tensor == "similarity"
            ? Similarity(embeddings, encoder.SimilarityFunction)
            : [.. embeddings.SelectMany(embedding => embedding.Values)];
        Close.AssertAll(expected.Floats(tensor), actual, 2e-4, 1e-4, $"{folder} {tensor}");
        CheckTokens(path, tensor, embeddings);
    }

    private static void CheckTokens(string path, string tensor, Embedding[] embeddings)
    {
        if (tensor == "embeddings")
        {
            using GoldenTensors inputs = new(Path.Combine(path, "inputs.safetensors"));
            Assert.Equal(inputs.Rows("input_ids", "attention_mask").Select(row => row.Length), embeddings.Select(embedding => embedding.TokenCount));
        }
    }

    private static float[] Similarity(Embedding[] embeddings, string function) => [.. embeddings.SelectMany(a => embeddings.Select(b =>
    {
        double dot = a.Values.Zip(b.Values, (x, y) => (double)x * y).Sum();
        double lengths = Math.Sqrt(a.Values.Sum(x => (double)x * x) * b.Values.Sum(x => (double)x * x));
        return (float)(function == "cosine" ? dot / lengths : dot);
    }))];
}
