using System.Numerics.Tensors;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>A small llama in each type of GGUF: logits within 1e-4, chosen ids equal.</summary>
[Trait("Category", "Golden")]
public sealed class TinyGgufTests
{
    public static TheoryData<string> Files
    {
        get
        {
            string? root = SharedData.TryFind("golden", "quantization", "tiny-gguf");
            return root is null ? [""] : [.. Directory.EnumerateFiles(root, "*.gguf").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Logits_and_greedy_ids_are_those_of_the_reference(string stem)
    {
        string file = SharedData.Require("golden", "quantization", "tiny-gguf", stem + ".gguf");
        string? missing = GoldenCoverage.MissingFeature($"quantization/tiny-gguf/{stem}/logits");
        GoldenCoverage.Count("quantization/tiny-gguf (logits)", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        using GoldenTensors expected = new(SharedData.Require("golden", "quantization", "tiny-gguf-expected.safetensors"));
        string folder = Directory.CreateTempSubdirectory("tiny-gguf").FullName;
        try
        {
            File.Copy(file, Path.Combine(folder, "model.gguf"));
            ModelFolder model = ModelFolder.Open(folder);
            LlamaConfig config = LlamaConfig.From(model.Config);
            using ITensorFile weights = model.OpenWeights();
            int[] ids = expected.Ints($"{stem}.input_ids");
            int[] greedy = expected.Ints($"{stem}.greedy");
            foreach (KernelSet kernels in KernelSet.Supported)
            {
                using LlamaBackend backend = new(config, weights, file, new LlamaBackendOptions { Threads = 2, KvCacheBytes = 1 << 24 }, kernels);
                using KvCacheOwner cache = new(config, ids.Length + greedy.Length);
                DecoderToken[] tokens = [.. ids.Select((id, i) => new DecoderToken(id, cache.Sequence, i, ids.Length))];
                NativeMatrix logits = backend.Decoder.Forward(tokens, [.. Enumerable.Range(0, ids.Length)]);
                float[] reference = expected.Floats($"{stem}.logits");
                for (int i = 0; i < ids.Length; i++)
                {
                    Close.AssertAll(reference.AsSpan(i * config.VocabSize, config.VocabSize), logits.RowSpan(i), 1e-4, 1e-4, $"{kernels.Name} token {i}");
                }

                int next = TensorPrimitives.IndexOfMax<float>(logits.RowSpan(ids.Length - 1));
                List<int> chosen = [];
                for (int position = ids.Length; chosen.Count < greedy.Length; position++)
                {
                    chosen.Add(next);
                    logits = backend.Decoder.Forward([new DecoderToken(next, cache.Sequence, position, position + 1)], [0]);
                    next = TensorPrimitives.IndexOfMax<float>(logits.RowSpan(0));
                }

                Assert.Equal(greedy, chosen);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
