using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>The two real encoders against sentence-transformers.</summary>
[Trait("Category", "Golden")]
public sealed class RealEncoderGoldenTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MiniLm_embeds_every_text_as_the_reference()
    {
        using GoldenTensors expected = new(SharedData.Require("golden", "embeddings", "embeddings.safetensors"));
        using SentenceEncoder encoder = Load("all-minilm-l6-v2");
        float[] reference = expected.Floats("embeddings");
        (int Id, JsonElement Text)[] texts = [.. Lines("golden", "embeddings", "texts.jsonl").Select(line => (line.GetProperty("id").GetInt32(), line))];
        Embedding[] embeddings = await encoder.EmbedAsync([.. texts.Select(text => text.Text.GetProperty("text").GetString()!)], null, Token);
        double largest = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i].Text.GetProperty("tokens").GetInt32(), embeddings[i].TokenCount);
            Assert.Equal(texts[i].Text.GetProperty("tokens_full").GetInt32() > embeddings[i].TokenCount, embeddings[i].Truncated);
            ReadOnlySpan<float> row = reference.AsSpan(texts[i].Id * encoder.Dimensions, encoder.Dimensions);
            largest = Math.Max(largest, Close.LargestDifference(row, embeddings[i].Values));
        }

        GoldenCoverage.Count("embeddings (MiniLM texts)", false, texts.Length);
        output.WriteLine($"{texts.Length} texts, largest difference {largest:g3}");
        Console.WriteLine($"MiniLM: {texts.Length} texts, largest difference {largest:g3}");
        Assert.InRange(largest, 0, Tolerance);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    public async Task MiniLm_cut_to_fewer_dimensions_is_brought_to_length_one_again(int dimensions)
    {
        using GoldenTensors expected = new(SharedData.Require("golden", "embeddings", "embeddings.safetensors"));
        using SentenceEncoder encoder = Load("all-minilm-l6-v2");
        float[] reference = expected.Floats($"truncated_{dimensions}");
        string[] texts = [.. Lines("golden", "embeddings", "texts.jsonl").Select(line => line.GetProperty("text").GetString()!).Take(Math.Min(24, reference.Length / dimensions))];
        Embedding[] embeddings = await encoder.EmbedAsync(texts, new EmbedOptions { Dimensions = dimensions }, Token);
        Assert.InRange(Close.LargestDifference(reference.AsSpan(0, texts.Length * dimensions), embeddings.SelectMany(e => e.Values).ToArray()), 0, Tolerance);
    }

    [Fact]
    public void MiniLm_hidden_states_and_every_pooling_mode_are_those_of_the_reference()
    {
        using GoldenTensors expected = new(SharedData.Require("golden", "embeddings", "hidden.safetensors"));
        Dictionary<int, int[]> ids = Lines("golden", "embeddings", "texts.jsonl").ToDictionary(line => line.GetProperty("id").GetInt32(), Ids);
        int[] texts = expected.Ints("text_index");
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "all-minilm-l6-v2"));
        BertConfig config = BertConfig.From(folder.Config);
        using ITensorFile weights = folder.OpenWeights();
        using BertEncoder encoder = new(config, new BertWeights(config, weights), KernelSet.Best, null, Activation.Gelu);
        NativeMatrix hidden = encoder.Forward([.. texts.Select(text => ids[text])]);

        int[] lengths = expected.Ints("lengths");
        float[] lastHidden = expected.Floats("last_hidden");
        for (int i = 0; i < lengths.Sum(); i++)
        {
            Close.AssertAll(lastHidden.AsSpan(i * 384, 384), hidden.RowSpan(i), 5e-5, 0, $"last_hidden {i}");
        }

        foreach (string name in expected.Names.Where(name => name.StartsWith("pooled_", StringComparison.Ordinal)))
        {
            PoolingMode mode = name["pooled_".Length..] switch
            {
                "cls" => PoolingMode.Cls,
                "max" => PoolingMode.Max,
                "mean" => PoolingMode.Mean,
                "mean_sqrt_len_tokens" => PoolingMode.MeanSqrtLen,
                "weightedmean" => PoolingMode.WeightedMean,
                "lasttoken" => PoolingMode.LastToken,
                _ => throw new NotSupportedException(name),
            };
            float[] pooled = expected.Floats(name);
            for (int i = 0, first = 0; i < lengths.Length; first += lengths[i++])
            {
                Close.AssertAll(pooled.AsSpan(i * 384, 384), Pooling.Pool([mode], hidden, first, lengths[i]), 5e-5, 1e-5, $"{name} {i}");
            }
        }
    }

    [Fact]
    public async Task Multilingual_e5_embeds_with_the_prompts_of_its_folder_as_the_reference()
    {
        using GoldenTensors expected = new(SharedData.Require("golden", "embeddings", "multilingual-e5", "embeddings.safetensors"));
        using SentenceEncoder encoder = Load("multilingual-e5-small-ko-en");
        float[] reference = expected.Floats("embeddings");
        JsonElement[] texts = Lines("golden", "embeddings", "multilingual-e5", "texts.jsonl");
        double largest = 0;
        foreach (IGrouping<string, JsonElement> kind in texts.GroupBy(text => text.GetProperty("kind").GetString()!))
        {
            Embedding[] embeddings = await encoder.EmbedAsync(
                [.. kind.Select(text => text.GetProperty("text").GetString()!)], new EmbedOptions { PromptName = kind.Key }, Token);
            foreach ((JsonElement text, Embedding embedding) in kind.Zip(embeddings))
            {
                Assert.Equal(Ids(text).Length, embedding.TokenCount);
                ReadOnlySpan<float> row = reference.AsSpan(text.GetProperty("id").GetInt32() * encoder.Dimensions, encoder.Dimensions);
                largest = Math.Max(largest, Close.LargestDifference(row, embedding.Values));
            }
        }

        GoldenCoverage.Count("embeddings/multilingual-e5 (texts)", false, texts.Length);
        output.WriteLine($"{texts.Length} texts, largest difference {largest:g3}");
        Console.WriteLine($"multilingual-e5: {texts.Length} texts, largest difference {largest:g3}");
        Assert.InRange(largest, 0, Tolerance);
    }

    private static int[] Ids(JsonElement text) => [.. text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    private static SentenceEncoder Load(string model) => SentenceEncoder.Load(ModelFolder.Open(SharedData.Require("models", model)));

    private static JsonElement[] Lines(params string[] path) =>
        [.. File.ReadLines(SharedData.Require(path)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)];
}
