using System.Text.Json;
using LlmPlatform.Inference.Sampling;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>Warpers, distributions and stop strings against transformers.</summary>
[Trait("Category", "Golden")]
public sealed class SamplingGoldenTests(ITestOutputHelper output)
{
    // What the sampler has; an option with its neutral value is no option.
    private static readonly string[] Supported = ["temperature", "top_k", "top_p"];

    public static TheoryData<string> Processors => Rows("processors.jsonl", row => row.GetProperty("id").GetString()!);

    public static TheoryData<string> Distributions
    {
        get
        {
            string? file = SharedData.TryFind("golden", "generation", "sampling.json");
            return file is null ? [""] : [.. SamplingRows(file).Select(row => row.GetProperty("id").GetString()!)];
        }
    }

    public static TheoryData<int, string> Stops
    {
        get
        {
            TheoryData<int, string> data = [];
            string? file = SharedData.TryFind("golden", "generation", "stopping.jsonl");
            int line = 0;
            foreach (JsonElement row in file is null ? [] : Lines(file))
            {
                data.Add(line++, row.GetProperty("kind").GetString()!);
            }

            if (data.Count == 0)
            {
                data.Add(0, "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void Processor_keeps_the_tokens_that_the_reference_keeps(string id)
    {
        string file = SharedData.Require("golden", "generation", "processors.jsonl");
        JsonElement row = Lines(file).Single(line => line.GetProperty("id").GetString() == id);
        string processor = row.GetProperty("processor").GetString()!;
        JsonElement settings = row.GetProperty("options");
        bool supported = Supported.Contains(processor) || (processor == "pipeline" && IsSupported(settings));
        string feature = processor == "pipeline" ? FirstUnsupported(settings) ?? "" : processor;
        string? missing = supported ? null : GoldenCoverage.MissingFeature($"generation/processors/{feature}")
            ?? throw new InvalidOperationException($"neither supported nor listed as missing: {processor} {settings}");
        GoldenCoverage.Count("generation/processors", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        using GoldenTensors tensors = new(SharedData.Require("golden", "generation", "processors.safetensors"));
        int vocabulary = tensors.Shape($"{id}.in")[^1];
        float[] inputs = tensors.Floats($"{id}.in"), expected = tensors.Floats($"{id}.out");
        // There the reference itself keeps another token or not, as it rounds.
        int nearThreshold = row.TryGetProperty("near_threshold", out _) ? 1 : 0;
        Candidates candidates = new(vocabulary);
        int minTokensToKeep = settings.TryGetProperty("min_tokens_to_keep", out JsonElement keep) ? keep.GetInt32() : 1;
        for (int start = 0; start < inputs.Length; start += vocabulary)
        {
            candidates.Fill(inputs.AsSpan(start, vocabulary), Options(settings), minTokensToKeep);
            CheckRow(candidates, inputs.AsSpan(start, vocabulary), expected.AsSpan(start, vocabulary), nearThreshold, $"{id} {settings}");
        }
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Draws_follow_the_distribution(string id)
    {
        string file = SharedData.Require("golden", "generation", "sampling.json");
        JsonElement row = SamplingRows(file).Single(item => item.GetProperty("id").GetString() == id);
        JsonElement settings = row.GetProperty("options");
        string? missing = IsSupported(settings) ? null : GoldenCoverage.MissingFeature($"generation/sampling/{FirstUnsupported(settings)}")
            ?? throw new InvalidOperationException($"neither supported nor listed as missing: {settings}");
        GoldenCoverage.Count("generation/sampling", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        float[] logits = [.. row.GetProperty("logits").EnumerateArray().Select(Number)];
        double[] probabilities = [.. row.GetProperty("probs").EnumerateArray().Select(value => value.GetDouble())];
        HashSet<int> never = [.. row.GetProperty("never").EnumerateArray().Select(value => value.GetInt32())];
        Candidates candidates = new(logits.Length);
        candidates.Fill(logits, Options(settings));
        int[] stands = Counterparts(candidates, probabilities, logits);
        for (int i = 0; i < candidates.Ids.Length; i++)
        {
            Assert.Equal(probabilities[stands[candidates.Ids[i]]], candidates.Probabilities[i], 1e-5);
        }

        JsonElement test = row.GetProperty("chi_square");
        int draws = test.GetProperty("draws").GetInt32();
        Sampler sampler = new(Options(settings) with { Seed = 20261124 });
        int[] counts = new int[logits.Length];
        for (int i = 0; i < draws; i++)
        {
            counts[stands[sampler.Next(logits, candidates)]]++;
        }

        Assert.DoesNotContain(never, token => counts[token] > 0);
        double statistic = test.GetProperty("bins").EnumerateArray().Zip(test.GetProperty("expected_counts").EnumerateArray(), (bin, expected) =>
        {
            double observed = bin.EnumerateArray().Sum(token => counts[token.GetInt32()]);
            double difference = observed - expected.GetDouble();
            return difference * difference / expected.GetDouble();
        }).Sum();
        double critical = test.GetProperty("critical_p_1e-6").GetDouble();
        output.WriteLine($"{id}: {statistic:f2}, failure above {critical:f2}");
        Assert.InRange(statistic, 0, critical);
    }

    [Theory]
    [MemberData(nameof(Stops))]
    public void Text_stops_at_the_token_at_which_the_reference_stops(int line, string kind)
    {
        JsonElement row = Lines(SharedData.Require("golden", "generation", "stopping.jsonl"))[line];
        string? missing = GoldenCoverage.MissingFeature($"generation/stopping/{kind}");
        GoldenCoverage.Count("generation/stopping", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        Tokenizer tokenizer = SmolTokenizer.Value;
        int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        TokenizerTextStream stream = new(tokenizer, skipSpecialTokens: false);
        StopMatcher matcher = new([.. row.GetProperty("stop_strings").EnumerateArray().Select(stop => stop.GetString()!)]);
        int? stopped = null;
        string shown = "";
        for (int i = 0; i < ids.Length && stopped is null; i++)
        {
            shown += matcher.Push(stream.Step(ids[i]) ?? "");
            stopped = matcher.Stopped ? i + 1 : null;
        }

        JsonElement first = row.GetProperty("first_stop");
        Assert.Equal(first.ValueKind == JsonValueKind.Null ? null : first.GetInt32(), stopped);
        Assert.StartsWith(shown, row.GetProperty("text").GetString()!, StringComparison.Ordinal);
    }

    private static readonly Lazy<Tokenizer> SmolTokenizer = new(() => Tokenizer.Load(SharedData.Require("models", "smollm2-135m-instruct", "tokenizer.json")));

    private static void CheckRow(Candidates candidates, ReadOnlySpan<float> inputs, ReadOnlySpan<float> expected, int nearThreshold, string what)
    {
        // What the model itself rules out (-inf) has no probability and is no candidate for anybody.
        float[] scores = candidates.Scores.ToArray();
        Dictionary<int, float> byId = candidates.Ids.ToArray().Zip(scores)
            .Where(pair => !float.IsNegativeInfinity(pair.Second)).ToDictionary(pair => pair.First, pair => pair.Second);
        int[] kept = [.. byId.Keys];
        List<int> reference = [];
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsNegativeInfinity(expected[i]))
            {
                reference.Add(i);
            }
        }

        Assert.True(Math.Abs(reference.Count - kept.Length) <= nearThreshold, $"{what}: {reference.Count} tokens expected, {kept.Length} kept");
        float[] logits = inputs.ToArray();
        foreach ((int ours, int theirs) in kept.Except(reference).OrderBy(id => logits[id]).Zip(reference.Except(kept).OrderBy(id => logits[id])))
        {
            Assert.True(logits[ours] == logits[theirs] || nearThreshold > 0, $"{what}: token {ours} kept instead of {theirs}");
        }

        foreach ((int id, float score) in byId)
        {
            float value = expected[id];
            bool equal = float.IsNegativeInfinity(value) || Math.Abs(value - score) <= (1e-5 * Math.Abs(value)) + 1e-12;
            Assert.True(equal, $"{what} token {id}: expected {value}, got {score}");
        }
    }

    // Where top-p's border runs through equally likely tokens, the reference keeps as many of them as are needed, but which
    // is up to its unstable sort: each token that only one side keeps stands for one with the same logit.
    private static int[] Counterparts(Candidates candidates, double[] probabilities, float[] logits)
    {
        int[] stands = [.. Enumerable.Range(0, logits.Length)];
        int[] kept = candidates.Ids.ToArray();
        int[] reference = [.. stands.Where(id => probabilities[id] > 0)];
        Assert.Equal(reference.Length, kept.Length);
        foreach ((int ours, int theirs) in kept.Except(reference).OrderBy(id => logits[id]).Zip(reference.Except(kept).OrderBy(id => logits[id])))
        {
            Assert.Equal(logits[theirs], logits[ours]);
            stands[ours] = theirs;
        }

        return stands;
    }

    private static bool IsSupported(JsonElement settings) => FirstUnsupported(settings) is null;

    private static string? FirstUnsupported(JsonElement settings) => settings.EnumerateObject()
        .Select(option => option.Name)
        .FirstOrDefault(name => !Supported.Contains(name) && name is not ("do_sample" or "min_tokens_to_keep" or "eos_token_id"));

    private static SamplingOptions Options(JsonElement settings) => new()
    {
        Temperature = settings.TryGetProperty("temperature", out JsonElement temperature) ? temperature.GetSingle() : 1,
        TopK = settings.TryGetProperty("top_k", out JsonElement topK) ? topK.GetInt32() : 0,
        TopP = settings.TryGetProperty("top_p", out JsonElement topP) ? topP.GetSingle() : 1,
    };

    private static float Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? float.NegativeInfinity
        : value.GetSingle();

    private static JsonElement[] SamplingRows(string file)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;
        return [.. (root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("rows")).EnumerateArray()];
    }

    private static TheoryData<string> Rows(string name, Func<JsonElement, string> id)
    {
        string? file = SharedData.TryFind("golden", "generation", name);
        return file is null ? [""] : [.. Lines(file).Select(id)];
    }

    private static JsonElement[] Lines(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)];
}
