using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;
using LlmPlatform.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>A real chat model with Q4_1 weights: the network for training and the engine that serves are the same.</summary>
[Trait("Category", "Golden")]
public sealed class SmolLm2AgreementTests(ITestOutputHelper output)
{
    private const string Coverage = "generation/smollm2 (torch)";
    private const float DecidedMargin = 0.005f;

    [Fact]
    public void Scores_are_those_of_the_engine_and_chosen_ids_those_of_the_reference()
    {
        JsonElement[] prompts = [.. File.ReadLines(SharedData.Require("golden", "generation", "smollm2", "greedy.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        LlamaConfig config = LlamaConfig.From(folder.Config);
        using IDisposable noGrad = no_grad();
        using CausalLanguageModel model = AutoModelForCausalLM.FromFolder(folder, ScalarType.Float32);
        using ITensorFile weights = folder.OpenWeights();
        using LlamaBackend engine = LlamaBackend.Load(config, weights, folder.Config.Path, new LlamaBackendOptions { Threads = 2 });
        double largest = 0;
        int compared = 0, all = 0;
        foreach (JsonElement prompt in prompts)
        {
            using DisposeScope scope = NewDisposeScope();
            int[] start = Ints(prompt, "prompt_ids");
            int[] answer = Ints(prompt, "new_ids");

            // Each id of the answer is scored by the token before it.
            int[] ids = [.. start, .. answer[..^1]];
            Tensor scores = model.Forward(new ModelInput(tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0)))[0];
            using KvBlockPool pool = new(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, ids.Length);
            using KvSequence sequence = pool.TryReserve(ids.Length)!;
            sequence.Extend(ids.Length);
            DecoderToken[] tokens = [.. ids.Select((id, i) => new DecoderToken(id, sequence, i, ids.Length))];
            int[] outputs = [.. Enumerable.Range(start.Length - 1, answer.Length)];
            NativeMatrix served = engine.Decoder.Forward(tokens, outputs);
            float[] margins = [.. prompt.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("margin").GetSingle())];
            int decided = margins.TakeWhile(margin => margin >= DecidedMargin).Count();
            for (int i = 0; i < answer.Length; i++)
            {
                float[] trained = scores[outputs[i]].data<float>().ToArray();
                largest = Math.Max(largest, LargestDifference(trained, served.RowSpan(i)));
                if (i < decided)
                {
                    Assert.Equal(answer[i], System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(trained));
                    Assert.Equal(answer[i], System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(served.RowSpan(i)));
                }
            }

            compared += decided;
            all += answer.Length;
        }

        GoldenCoverage.Count(Coverage, false, compared);
        GoldenCoverage.Count(Coverage, true, all - compared);
        string found = $"{prompts.Length} prompts, {compared} of {all} steps decided and equal; largest difference of scores {largest:g3}";
        output.WriteLine(found);
        Console.WriteLine($"smollm2, torch against the engine: {found}");
        Assert.InRange(largest, 0, 2e-3);
        Assert.True(compared >= all * 796 / 822, $"only {compared} of {all} steps were decided");
    }

    private static double LargestDifference(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double largest = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double difference = Math.Abs((double)left[i] - right[i]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }

    private static int[] Ints(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
