using System.Diagnostics.Metrics;
using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.Sampling;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>A real chat model, Q4_1 weights with float32 arithmetic, against transformers in float32.</summary>
[Trait("Category", "Golden")]
public sealed class SmolLm2GoldenTests(ITestOutputHelper output)
{
    private const float DecidedMargin = 0.005f;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Greedy_ids_of_every_prompt_are_those_of_the_reference_until_a_margin_is_too_small_to_tell()
    {
        string path = SharedData.Require("golden", "generation", "smollm2", "greedy.jsonl");
        JsonElement[] prompts = [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        await using GenerationEngine engine = GenerationEngine.Load(folder, new GenerationEngineOptions(), TimeProvider.System);
        List<int>[] texts = await Task.WhenAll(prompts.Select(prompt => Generate(engine, prompt)));

        int compared = 0, all = 0;
        for (int i = 0; i < prompts.Length; i++)
        {
            int[] expected = Ints(prompts[i], "new_ids");
            float[] margins = [.. prompts[i].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("margin").GetSingle())];
            int decided = margins.TakeWhile(margin => margin >= DecidedMargin).Count();
            string name = prompts[i].GetProperty("name").GetString()!;
            Assert.True(expected.AsSpan(0, decided).SequenceEqual(texts[i].ToArray().AsSpan(0, Math.Min(decided, texts[i].Count))), $"{name}: {string.Join(' ', texts[i])}");
            compared += decided;
            all += expected.Length;
        }

        GoldenCoverage.Count("generation/smollm2 (greedy steps)", false, compared);
        GoldenCoverage.Count("generation/smollm2 (greedy steps)", true, all - compared);
        output.WriteLine($"{compared} of {all} steps compared and equal, {prompts.Length} prompts");
        Console.WriteLine($"smollm2 greedy: {compared} of {all} steps compared and equal, {prompts.Length} prompts");
        Assert.True(compared >= all * 796 / 822, $"only {compared} of {all} steps were decided");
    }

    [Fact]
    public void Mean_negative_log_likelihood_is_that_of_the_reference()
    {
        JsonElement reference = Nll();
        double mean = CheckWindows(reference, [.. Enumerable.Range(0, reference.GetProperty("windows").GetArrayLength())]);
        output.WriteLine($"mean {mean}, reference {reference.GetProperty("mean_nll").GetDouble()}");
        GoldenCoverage.Count("generation/smollm2 (nll windows)", false, reference.GetProperty("windows").GetArrayLength());
        Assert.Equal(reference.GetProperty("mean_nll").GetDouble(), mean, 1e-4);
    }

    [Fact]
    public async Task Texts_that_had_to_make_way_for_others_are_the_same_as_alone()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        // 192 positions of 30 layers, 3 heads, 64 keys and 64 values.
        GenerationEngineOptions options = new() { KvCacheBytes = 192L * 30 * 3 * 128 * sizeof(float) };
        await using GenerationEngine engine = GenerationEngine.Load(folder, options, TimeProvider.System);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 3).Select(i => new GenerationRequest
        {
            PromptIds = [.. Enumerable.Range(0, 20).Select(j => 1000 + (i * 100) + j)],
            MaxTokens = 100,
            EosTokenIds = [],
            Sampling = new SamplingOptions { Temperature = 1, Seed = (ulong)i },
        })];
        long preempted = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "llmplatform.engine.preempted")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref preempted, count));
        listener.Start();
        List<int>[] together = await Task.WhenAll(requests.Select(request => ReadIds(engine, request)));
        Assert.True(Interlocked.Read(ref preempted) > 0, "none had to make way");
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(100, together[i].Count);
            Assert.Equal(await ReadIds(engine, requests[i]), together[i]);
        }

        Assert.Equal(192, engine.GetStatus().FreeTokens);
    }

    [Fact]
    public async Task A_prompt_has_the_same_text_and_likelihoods_in_company_as_alone()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        await using GenerationEngine engine = GenerationEngine.Load(folder, new GenerationEngineOptions { StepTokens = 24 }, TimeProvider.System);
        int[] prompt = [.. Enumerable.Range(0, 61).Select(i => 300 + (i * 37 % 9000))];
        GenerationRequest request = new()
        {
            PromptIds = prompt,
            MaxTokens = 12,
            LogProbabilities = true,
            EosTokenIds = [],
            Sampling = new SamplingOptions { Temperature = 0.9f, TopP = 0.95f, Seed = 11 },
        };
        List<GenerationChunk> alone = await Read(engine, request);
        Task<List<GenerationChunk>>[] company = [.. Enumerable.Range(0, 5).Select(i =>
            Read(engine, i == 3 ? request : request with { PromptIds = prompt[(i * 9)..], Sampling = request.Sampling with { Seed = (ulong)i } }))];
        await Task.WhenAll(company);
        List<GenerationChunk> together = await company[3];
        Assert.Equal(alone.SelectMany(chunk => chunk.TokenIds), together.SelectMany(chunk => chunk.TokenIds));
        Assert.Equal(alone.SelectMany(chunk => chunk.LogProbabilities), together.SelectMany(chunk => chunk.LogProbabilities));
    }

    [Fact]
    public async Task Memory_after_loading_stays_near_the_weights()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        GC.Collect();
        long before = ResidentBytes();
        await using GenerationEngine engine = GenerationEngine.Load(folder, new GenerationEngineOptions(), TimeProvider.System);
        long weights = engine.WeightBytes;
        long grown = ResidentBytes() - before;
        output.WriteLine($"weights {weights / 1e6:f1} MB, resident memory grew by {grown / 1e6:f1} MB");
        Assert.InRange(weights, 90_000_000, 110_000_000);
        Assert.True(grown <= (weights * 1.3) + 200_000_000, $"weights {weights}, grown by {grown}");
    }

    private static long ResidentBytes()
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static async Task<List<int>> Generate(GenerationEngine engine, JsonElement prompt)
    {
        GenerationRequest request = new()
        {
            PromptIds = Ints(prompt, "prompt_ids"),
            MaxTokens = prompt.GetProperty("new_ids").GetArrayLength(),
            Sampling = SamplingOptions.Greedy,
        };
        return await ReadIds(engine, request);
    }

    private static async Task<List<int>> ReadIds(GenerationEngine engine, GenerationRequest request) =>
        [.. (await Read(engine, request)).SelectMany(chunk => chunk.TokenIds)];

    private static async Task<List<GenerationChunk>> Read(GenerationEngine engine, GenerationRequest request)
    {
        List<GenerationChunk> chunks = [];
        await foreach (GenerationChunk chunk in engine.GenerateAsync(request, Token))
        {
            chunks.Add(chunk);
        }

        return chunks;
    }

    private static JsonElement Nll() =>
        JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("golden", "generation", "smollm2", "nll.json"))).RootElement;

    private static double CheckWindows(JsonElement reference, int[] windows)
    {
        int[] ids = Ints(reference, "ids");
        int size = reference.GetProperty("window").GetInt32();
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        LlamaConfig config = LlamaConfig.From(folder.Config);
        using ITensorFile weights = folder.OpenWeights();
        using LlamaBackend backend = LlamaBackend.Load(config, weights, folder.Config.Path, new LlamaBackendOptions());
        double sum = 0;
        int scored = 0;
        foreach (int window in windows)
        {
            int[] part = ids[(window * size)..Math.Min(ids.Length, (window + 1) * size)];
            double[] expected = [.. reference.GetProperty("windows")[window].GetProperty("nll").EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(part.Length - 1, expected.Length);
            using KvCacheOwner owner = new(config, part.Length);
            DecoderToken[] tokens = [.. part.Select((id, i) => new DecoderToken(id, owner.Sequence, i, part.Length))];
            NativeMatrix logits = backend.Decoder.Forward(tokens, [.. Enumerable.Range(0, part.Length - 1)]);
            for (int i = 0; i < expected.Length; i++)
            {
                double nll = -Sampler.LogProbability(logits.RowSpan(i), part[i + 1]);
                Assert.Equal(expected[i], nll, 1e-3);
                sum += nll;
                scored++;
            }
        }

        return sum / scored;
    }

    private static int[] Ints(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
