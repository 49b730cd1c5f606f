using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.Tests.Golden;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Decoders;

/// <summary>A random adapter of rank 8 over all projections of SmolLM2, whose weights are Q4_1: merged equals active, and how fast it is.</summary>
public sealed class AdaptedSmolLm2Tests : IDisposable
{
    private const int Rank = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("adapted").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Merged_equals_active_and_neither_equals_the_base()
    {
        ModelFolder model = await AdaptedAsync();
        LlamaConfig config = LlamaConfig.From(model.Config);
        string output = Directory.CreateDirectory(Path.Combine(_folder, "merged")).FullName;
        await LoraMerge.WriteAsync(model, "float32", output, maxShardBytes: 200_000_000, TestContext.Current.CancellationToken);
        ModelFolder merged = ModelFolder.Open(output);
        int[][] rows = [[.. Enumerable.Range(0, 24).Select(i => (i * 977) % 40_000)], [5, 6, 7]];

        float[][] active, plain, full;
        using (LoraAdapter adapter = model.OpenAdapter()!)
        using (ITensorFile weights = model.OpenWeights())
        {
            active = AdapterCase.Run(config, weights, adapter, KernelSet.Best, threads: 2, rows, step: int.MaxValue);
            plain = AdapterCase.Run(config, weights, null, KernelSet.Best, threads: 2, rows, step: int.MaxValue);

            // Token by token the same bits.
            Assert.Equal(active[1], AdapterCase.Run(config, weights, adapter, KernelSet.Best, threads: 1, [rows[1]], step: 1)[0]);
        }

        using (ITensorFile weights = merged.OpenWeights())
        {
            full = AdapterCase.Run(LlamaConfig.From(merged.Config), weights, null, KernelSet.Best, threads: 2, rows, step: int.MaxValue);
        }

        Assert.Equal(model.TokenizerPath is not null, merged.TokenizerPath is not null);
        Assert.Equal(model.ChatTemplate, merged.ChatTemplate);
        for (int row = 0; row < rows.Length; row++)
        {
            Close.AssertAll(active[row], full[row], 1e-4, 1e-5, $"row {row}");
            Assert.True(active[row].Zip(plain[row], (a, b) => Math.Abs(a - b)).Max() > 0.1);
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Decoding_with_an_adapter_keeps_most_of_its_speed()
    {
        ModelFolder model = await AdaptedAsync();
        using LoraAdapter adapter = model.OpenAdapter()!;
        using ITensorFile weights = model.OpenWeights();
        LlamaConfig config = LlamaConfig.From(model.Config);
        LlamaBackendOptions options = new() { Threads = 1, KvCacheBytes = 1 << 26 };
        using LlamaBackend plain = LlamaBackend.Load(config, weights, "config.json", options);
        using LlamaBackend adapted = LlamaBackend.Load(config, weights, "config.json", options, adapter);

        // One thread and processor time, turn by turn: what else runs on the machine counts little. The best turn of each.
        (double best, double bestAdapted) = (0, 0);
        for (int turn = 0; turn < 8; turn++)
        {
            best = Math.Max(best, TokensPerProcessorSecond(plain));
            bestAdapted = Math.Max(bestAdapted, TokensPerProcessorSecond(adapted));
        }

        TestContext.Current.SendDiagnosticMessage($"decoding: {best:F1} tokens/s, with an adapter {bestAdapted:F1}: {bestAdapted / best:P0}");
        Assert.True(bestAdapted > best / 2, $"{bestAdapted:F1} of {best:F1} tokens/s");
    }

    private static double TokensPerProcessorSecond(LlamaBackend backend)
    {
        const int Tokens = 32;
        float[] logits = new float[backend.VocabularySize];
        using IDecoderSequence sequence = backend.TryOpen(8, Tokens)!;
        backend.Step([new DecoderInput(sequence, new[] { 1, 2, 3, 4, 5, 6, 7, 8 }, logits)]);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Tokens; i++)
        {
            backend.Step([new DecoderInput(sequence, new[] { i + 10 }, logits)]);
        }

        return Tokens / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private async Task<ModelFolder> AdaptedAsync()
    {
        string path = SharedData.Require("models", "smollm2-135m-instruct");
        LlamaConfig config = LlamaConfig.From(ModelFolder.Open(path).Config);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "adapter")).FullName;
        Random random = new(1);
        List<SafetensorsTensor> tensors = [];
        foreach (LlamaModule module in LlamaModules.Of(config).Where(module => module.Name.Contains("_proj", StringComparison.Ordinal)))
        {
            tensors.Add(SafetensorsTensor.FromFloats($"base_model.model.{module.Name}.lora_A.weight", [Rank, module.Columns], Values(random, Rank * module.Columns)));
            tensors.Add(SafetensorsTensor.FromFloats($"base_model.model.{module.Name}.lora_B.weight", [module.Rows, Rank], Values(random, module.Rows * Rank)));
        }

        await SafetensorsWriter.WriteAsync(Path.Combine(folder, LoraConfig.WeightsFileName), tensors, cancellationToken: TestContext.Current.CancellationToken);
        JsonObject json = new() { ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 2 * Rank, ["target_modules"] = "all-linear" };
        await File.WriteAllTextAsync(Path.Combine(folder, LoraConfig.FileName), json.ToJsonString(), TestContext.Current.CancellationToken);
        return ModelFolder.OpenAdapted(path, folder);
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * 0.05))];
}
