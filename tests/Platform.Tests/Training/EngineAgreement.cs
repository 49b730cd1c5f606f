using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Modeling;
using LlmPlatform.Modeling.Lora;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>
/// The engine that serves against the network that trains (Torch), both in float32 and over the same files: the engine answers
/// greedily, token by token with its cache of keys and values, and the network scores every id of the answer by what is before it.
/// </summary>
/// <param name="Model">What was compared.</param>
/// <param name="Prompts">Conversations that were answered.</param>
/// <param name="Steps">Tokens of all answers: each was scored over the whole vocabulary by both.</param>
/// <param name="Decided">Steps before the first of an answer whose two best scores are nearer than <see cref="DecidedMargin"/>.</param>
/// <param name="Equal">Of those, steps at which both choose the same id.</param>
/// <param name="Largest">The largest difference of two scores.</param>
internal sealed record EngineAgreement(string Model, int Prompts, int Steps, int Decided, int Equal, double Largest)
{
    private const int NewTokens = 32;
    private const double MostDifference = 2e-3;
    private const float DecidedMargin = 0.005f;

    /// <summary>The head of the table that <see cref="Row"/> belongs to.</summary>
    public static FormattableString[] Head =>
    [
        $"| engine against Torch, float32 | prompts | steps | decided by {DecidedMargin} | of these equal | largest difference of scores |",
        $"|---|--:|--:|--:|--:|--:|",
    ];

    /// <summary>A line of a table.</summary>
    public FormattableString Row => $"| {Model} | {Prompts} | {Steps} | {Decided} | {Equal} | {Largest:0.0e+0} |";

    /// <summary>Compares the two, on the calling thread.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="served">The files.</param>
    /// <param name="questions">What is asked.</param>
    public static EngineAgreement Measure(string name, ServedModel served, IReadOnlyList<string> questions)
    {
        TorchRuntime.EnsureLoaded(Environment.ProcessorCount);
        using IDisposable noGrad = no_grad();
        using CausalLanguageModel network = AutoModelForCausalLM.FromFolder(served.Folder, ScalarType.Float32);
        using LoraModel? adapter = served.AdapterFolder is { } folder ? LoraModel.Load(network, folder) : null;
        network.eval();
        EngineAgreement found = new(name, 0, 0, 0, 0, 0);
        foreach (string question in questions)
        {
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = question }];
            found = found.With(served.Engine, network, served.Ids(messages, addGenerationPrompt: true));
        }

        return found;
    }

    /// <summary>Fails unless the two agree.</summary>
    public EngineAgreement Holds()
    {
        Assert.True(Largest <= MostDifference, $"{Model}: scores differ by {Largest}, expected at most {MostDifference}");
        Assert.True(Equal == Decided, $"{Model}: {Equal} of {Decided} decided steps choose the same id");
        Assert.True(Decided > Steps / 2, $"{Model}: only {Decided} of {Steps} steps are decided, too few to compare");
        return this;
    }

    private EngineAgreement With(LlamaBackend engine, CausalLanguageModel network, int[] prompt)
    {
        (int[] ids, float[][] scores) = Answer(engine, prompt);
        using DisposeScope scope = NewDisposeScope();
        long[] read = [.. prompt.Concat(ids[..^1]).Select(id => (long)id)];

        // [1, tokens, vocabulary]; the token before an id scores it.
        Tensor all = network.Forward(new ModelInput(tensor(read, [1, read.Length])));
        double largest = Largest;
        int decided = 0, equal = 0;
        bool open = true;
        for (int i = 0; i < ids.Length; i++)
        {
            float[] expected = all[0, prompt.Length - 1 + i].data<float>().ToArray();
            largest = Math.Max(largest, Difference(expected, scores[i]));
            int best = TensorPrimitives.IndexOfMax<float>(expected);
            open &= Margin(expected, best) >= DecidedMargin;
            decided += open ? 1 : 0;
            equal += open && best == ids[i] ? 1 : 0;
        }

        return new EngineAgreement(Model, Prompts + 1, Steps + ids.Length, Decided + decided, Equal + equal, largest);
    }

    private static (int[] Ids, float[][] Scores) Answer(LlamaBackend engine, int[] prompt)
    {
        int[] ids = new int[NewTokens];
        float[][] scores = new float[NewTokens][];
        using IDecoderSequence sequence = engine.TryOpen(prompt.Length, NewTokens)!;
        for (int i = 0; i < NewTokens; i++)
        {
            scores[i] = new float[engine.VocabularySize];
            engine.Step([new DecoderInput(sequence, i == 0 ? prompt : ids.AsMemory(i - 1, 1), scores[i])]);
            ids[i] = TensorPrimitives.IndexOfMax<float>(scores[i]);
        }

        return (ids, scores);
    }

    private static double Difference(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        double largest = expected.Zip(found, (left, right) => Math.Abs((double)left - right)).Max();
        return expected.Concat(found).All(float.IsFinite) ? largest : double.PositiveInfinity;
    }

    // How far the best is above the next.
    private static float Margin(float[] scores, int best)
    {
        float next = float.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            next = i == best ? next : Math.Max(next, scores[i]);
        }

        return scores[best] - next;
    }
}
