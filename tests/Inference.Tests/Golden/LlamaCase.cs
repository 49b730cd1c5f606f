using System.Numerics.Tensors;
using System.Text.Json;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>A folder of golden/models with a llama model, on every vector width this processor has.</summary>
internal static class LlamaCase
{
    public static void CheckHidden(string folder) => ForEachPath(folder, (config, backend, inputs, expected, path) =>
    {
        int[] mask = inputs.Ints("attention_mask");
        int compared = 0;
        backend.Decoder.HiddenObserver = (index, hidden, count) =>
        {
            if (expected.Has($"hidden_{index}"))
            {
                CheckRows(expected.Floats($"hidden_{index}"), mask, hidden, count, $"{path} hidden_{index}");
                compared++;
            }
        };
        Forward(config, backend, inputs);
        Assert.Equal(expected.Names.Count(name => name.StartsWith("hidden_", StringComparison.Ordinal)), compared);
    });

    public static void CheckLogits(string folder) => ForEachPath(folder, (config, backend, inputs, expected, path) =>
    {
        NativeMatrix logits = Forward(config, backend, inputs);
        int[] mask = inputs.Ints("attention_mask");
        CheckRows(expected.Floats("logits"), mask, logits, mask.Sum(), $"{path} logits");
    });

    /// <summary>The first row in calls of several sizes over one cache; each call counts as one for dynamic frequencies.</summary>
    public static void CheckChunks(string folder) => ForEachPath(folder, (config, backend, inputs, expected, path) =>
    {
        JsonElement chunks = GoldenModels.Case(folder).GetProperty("kv_cache_chunks");
        int row = chunks.GetProperty("row").GetInt32();
        int[] ids = inputs.Rows("input_ids", null)[row];
        using KvBlockPool pool = Pool(config);
        using KvSequence sequence = pool.TryReserve(ids.Length)!;
        List<float> logits = [];
        int position = 0;
        int[] sizes = [.. chunks.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32())];
        foreach (int size in sizes.Concat(Enumerable.Repeat(1, ids.Length)).TakeWhile(_ => position < ids.Length))
        {
            int end = Math.Min(position + size, ids.Length);
            sequence.Extend(end);
            DecoderToken[] tokens = [.. Enumerable.Range(position, end - position).Select(i => new DecoderToken(ids[i], sequence, i, end))];
            NativeMatrix output = backend.Decoder.Forward(tokens, [.. Enumerable.Range(0, tokens.Length)]);
            for (int i = 0; i < tokens.Length; i++)
            {
                logits.AddRange(output.RowSpan(i));
            }

            position = end;
        }

        bool own = expected.Has("chunked_logits");
        float[] reference = expected.Floats(own ? "chunked_logits" : "logits");
        int start = own ? 0 : row * ids.Length * config.VocabSize;
        int compared = Math.Min(sizes.Sum(), ids.Length) * config.VocabSize;
        Close.AssertAll(reference.AsSpan(start, compared), logits.ToArray().AsSpan(0, compared), 2e-4, 1e-4, $"{path} chunked logits");
    });

    /// <summary>A batch as generate() runs it: every step is one call for all rows, which go on until all have ended.</summary>
    public static void CheckGreedy(string folder, string run) => ForEachPath(folder, (config, backend, inputs, expected, path) =>
    {
        JsonElement options = GoldenModels.Case(folder).GetProperty("generation").GetProperty(run).GetProperty("options");
        JsonElement eos = options.GetProperty("eos_token_id");
        HashSet<int> ends = [.. eos.ValueKind == JsonValueKind.Array ? eos.EnumerateArray().Select(id => id.GetInt32()) : [eos.GetInt32()]];
        int pad = options.GetProperty("pad_token_id").GetInt32();
        int newTokens = options.GetProperty("max_new_tokens").GetInt32();
        int[][] prompts = inputs.Rows("prompt_ids", "prompt_mask");
        int longest = prompts.Max(prompt => prompt.Length);
        using KvBlockPool pool = Pool(config);
        KvSequence[] sequences = [.. prompts.Select(prompt => pool.TryReserve(prompt.Length + newTokens)!)];
        int[][] next = prompts;
        List<int>[] texts = [.. prompts.Select(_ => new List<int>())];
        bool[] ended = new bool[prompts.Length];
        for (int step = 0; step < newTokens && ended.Contains(false); step++)
        {
            List<DecoderToken> tokens = [];
            List<int> outputs = [];
            for (int row = 0; row < prompts.Length; row++)
            {
                int start = sequences[row].Length;
                sequences[row].Extend(start + next[row].Length);
                tokens.AddRange(next[row].Select((id, i) => new DecoderToken(id, sequences[row], start + i, longest + step)));
                outputs.Add(tokens.Count - 1);
            }

            NativeMatrix logits = backend.Decoder.Forward([.. tokens], [.. outputs]);
            next = [.. prompts.Select((_, row) => new[] { ended[row] ? pad : TensorPrimitives.IndexOfMax<float>(logits.RowSpan(row)) })];
            for (int row = 0; row < prompts.Length; row++)
            {
                texts[row].Add(next[row][0]);
                ended[row] |= ends.Contains(next[row][0]);
            }
        }

        int[][] reference = expected.Rows($"{run}_ids", null);
        for (int row = 0; row < prompts.Length; row++)
        {
            Assert.Equal(reference[row][longest..], texts[row]);
            sequences[row].Dispose();
        }
    });

    /// <summary>Compares the rows of <paramref name="actual"/> with the places of the reference whose mask is 1.</summary>
    public static void CheckRows(float[] expected, int[] mask, NativeMatrix actual, int count, string what)
    {
        int width = expected.Length / mask.Length;
        int row = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0)
            {
                Close.AssertAll(expected.AsSpan(i * width, width), actual.RowSpan(row), 2e-4, 1e-4, $"{what} token {i}");
                row++;
            }
        }

        Assert.Equal(count, row);
    }

    // All rows of the inputs as one call; logits of every token. The reference's call is as long as its padded rows.
    private static NativeMatrix Forward(LlamaConfig config, LlamaBackend backend, GoldenTensors inputs)
    {
        using KvBlockPool pool = Pool(config);
        int length = inputs.Shape("input_ids")[^1];
        List<DecoderToken> tokens = [];
        List<KvSequence> sequences = [];
        foreach (int[] ids in inputs.Rows("input_ids", "attention_mask"))
        {
            KvSequence sequence = pool.TryReserve(ids.Length)!;
            sequence.Extend(ids.Length);
            sequences.Add(sequence);
            tokens.AddRange(ids.Select((id, position) => new DecoderToken(id, sequence, position, length)));
        }

        NativeMatrix logits = backend.Decoder.Forward([.. tokens], [.. Enumerable.Range(0, tokens.Count)]);
        sequences.ForEach(sequence => sequence.Dispose());
        return logits;
    }

    private static KvBlockPool Pool(LlamaConfig config) => new(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, 256);

    private static void ForEachPath(string folder, Action<LlamaConfig, LlamaBackend, GoldenTensors, GoldenTensors, string> check)
    {
        using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
        using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
        string configPath = Path.Combine(folder, "config.json");
        LlamaConfig config = LlamaConfig.From(ModelConfig.Load(configPath));
        using ITensorFile weights = GoldenModels.OpenWeights(folder);
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            LlamaBackendOptions options = new() { Threads = 2, KvCacheBytes = 1 << 24 };
            using LlamaBackend backend = new(config, weights, configPath, options, kernels);
            check(config, backend, inputs, expected, kernels.Name);
        }
    }
}
