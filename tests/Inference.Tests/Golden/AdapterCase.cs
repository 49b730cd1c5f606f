using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>A folder of golden/models/peft whose base is a llama model, on every vector width this processor has.</summary>
internal static class AdapterCase
{
    public static string BaseOf(string folder) => GoldenModels.Folder(GoldenModels.Case(folder).GetProperty("base").GetString()!);

    /// <summary>The folder of a case's adapter: the case's own, or one below it where there are several.</summary>
    public static string AdapterFolder(string folder, string adapter)
    {
        string below = Path.Combine(folder, adapter);
        return Directory.Exists(below) ? below : folder;
    }

    /// <summary>Logits of one adapter, or of the base alone.</summary>
    public static void CheckLogits(string folder, string? adapter)
    {
        using LoraAdapter? opened = adapter is null ? null : LoraAdapter.Open(AdapterFolder(folder, adapter), Config(BaseOf(folder)));
        using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
        using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
        using ITensorFile weights = GoldenModels.OpenWeights(BaseOf(folder));
        Check(Config(BaseOf(folder)), weights, opened, inputs, expected.Floats($"logits_{adapter ?? "disabled"}"));
    }

    /// <summary>The first adapter worked into the weights: the logits, the stored weight, and what the adapter gives when it is active.</summary>
    public static async Task CheckMergedAsync(string folder, CancellationToken cancellationToken)
    {
        string output = Directory.CreateTempSubdirectory("merged").FullName;
        try
        {
            string adapter = GoldenModels.Case(folder).GetProperty("adapters")[0].GetString()!;
            ModelFolder model = ModelFolder.OpenAdapted(BaseOf(folder), AdapterFolder(folder, adapter));
            await LoraMerge.WriteAsync(model, "float32", output, maxShardBytes: 8192, cancellationToken);
            ModelFolder merged = ModelFolder.Open(output);
            using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
            using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
            using ITensorFile weights = merged.OpenWeights();
            LlamaConfig config = LlamaConfig.From(merged.Config);
            Check(config, weights, null, inputs, expected.Floats("logits_merged"));
            Check(config, weights, null, inputs, expected.Floats($"logits_{adapter}"));
            foreach (string name in expected.Names.Where(name => name.StartsWith("merged.", StringComparison.Ordinal)))
            {
                Close.AssertAll(expected.Floats(name), weights.ReadFloats(name["merged.".Length..]), 1e-6, 1e-5, name);
            }

            // The weights that change are those that the reference says, no others.
            using ITensorFile original = GoldenModels.OpenWeights(BaseOf(folder));
            string[] changed = [.. weights.Tensors.Keys.Where(name => !original.Tensors.ContainsKey(name) || !original.ReadFloats(name).SequenceEqual(weights.ReadFloats(name)))];
            IEnumerable<string> reference = GoldenModels.Case(folder).GetProperty("merged_parameters_changed").EnumerateArray().Select(name => name.GetString()!);
            Assert.Equal(reference.Order(StringComparer.Ordinal), changed.Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    /// <summary>
    /// With the adapter, each row alone, token by token, on one thread gives the bits of all rows together on several.
    /// </summary>
    public static void CheckInvariance(string folder, string adapter)
    {
        LlamaConfig config = Config(BaseOf(folder));
        using LoraAdapter opened = LoraAdapter.Open(AdapterFolder(folder, adapter), config);
        using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
        using ITensorFile weights = GoldenModels.OpenWeights(BaseOf(folder));
        int[][] rows = inputs.Rows("input_ids", "attention_mask");
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            float[][] together = Run(config, weights, opened, kernels, threads: 3, rows, step: int.MaxValue);
            foreach (int step in (int[])[1, 3])
            {
                for (int row = 0; row < rows.Length; row++)
                {
                    float[][] alone = Run(config, weights, opened, kernels, threads: 1, [rows[row]], step);
                    Assert.Equal(together[row], alone[0]);
                }
            }
        }
    }

    public static LlamaConfig Config(string folder) => LlamaConfig.From(ModelConfig.Load(Path.Combine(folder, "config.json")));

    /// <summary>The logits of the last token of each row.</summary>
    public static float[][] Run(LlamaConfig config, ITensorFile weights, LoraAdapter? adapter, KernelSet kernels, int threads, int[][] rows, int step)
    {
        LlamaBackendOptions options = new() { Threads = threads, KvCacheBytes = 1 << 24 };
        using LlamaBackend backend = new(config, weights, "config.json", options, kernels, adapter);
        IDecoderSequence[] sequences = [.. rows.Select(row => backend.TryOpen(row.Length, 1)!)];
        float[][] logits = [.. rows.Select(_ => new float[config.VocabSize])];
        int longest = rows.Max(row => row.Length);
        for (int start = 0; start < longest; start += Math.Min(step, longest))
        {
            List<DecoderInput> inputs = [];
            for (int row = 0; row < rows.Length; row++)
            {
                int count = (int)Math.Min((long)step, rows[row].Length - start);
                if (count > 0)
                {
                    inputs.Add(new DecoderInput(sequences[row], rows[row].AsMemory(start, count), start + count == rows[row].Length ? logits[row] : Memory<float>.Empty));
                }
            }

            backend.Step(inputs);
        }

        Array.ForEach(sequences, sequence => sequence.Dispose());
        return logits;
    }

    private static void Check(LlamaConfig config, ITensorFile weights, LoraAdapter? adapter, GoldenTensors inputs, float[] expected)
    {
        int[] mask = inputs.Ints("attention_mask");
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            using LlamaBackend backend = new(config, weights, "config.json", new LlamaBackendOptions { Threads = 2, KvCacheBytes = 1 << 24 }, kernels, adapter);
            using KvBlockPool pool = new(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, 256);
            List<DecoderToken> tokens = [];
            List<KvSequence> sequences = [];
            foreach (int[] ids in inputs.Rows("input_ids", "attention_mask"))
            {
                KvSequence sequence = pool.TryReserve(ids.Length)!;
                sequence.Extend(ids.Length);
                sequences.Add(sequence);
                tokens.AddRange(ids.Select((id, position) => new DecoderToken(id, sequence, position, inputs.Shape("input_ids")[^1])));
            }

            NativeMatrix logits = backend.Decoder.Forward([.. tokens], [.. Enumerable.Range(0, tokens.Count)]);
            LlamaCase.CheckRows(expected, mask, logits, tokens.Count, $"{kernels.Name} logits");
            sequences.ForEach(sequence => sequence.Dispose());
        }
    }
}
