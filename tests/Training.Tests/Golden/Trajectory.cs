using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Modeling;
using LlmPlatform.Modeling.Lora;
using LlmPlatform.Testing;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Objectives;
using LlmPlatform.Training.Optimization;

namespace LlmPlatform.Training.Tests.Golden;

/// <summary>One folder of golden/training/trajectories: a short training with its batches.</summary>
internal sealed class Trajectory(string name)
{
    private const double Rounding = 5e-6;

    private JsonNode? _run;

    public static IEnumerable<string> Names => SharedData.TryFind("golden", "training", "trajectories") is { } folder
        ? Directory.EnumerateDirectories(folder).Where(path => File.Exists(Path.Combine(path, "run.json"))).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
        : ["(no reference material)"];

    public JsonNode Run => _run ??= Reference.Read("trajectories", name, "run.json");

    public JsonObject Options => Run["options"]!.AsObject();

    public string BaseModel => ((string)Run["base_model"]!).Split(' ')[0];

    public string Notes => (string?)Run["notes"] ?? "";

    private string Trainer => (string)Run["reference"]!;

    private string Architecture => (string)Reference.Read("trajectories", "models", BaseModel, "config.json")["architectures"]![0]!;

    /// <summary>What is not covered, or null.</summary>
    public string? Missing()
    {
        if ((string?)Options["optim"] is { } optimizer && optimizer != "adamw_torch")
        {
            return $"optimizer: {optimizer}";
        }

        if (Options.ContainsKey("label_smoothing_factor"))
        {
            return "label smoothing";
        }

        if (Trainer.Contains("DPOTrainer", StringComparison.Ordinal))
        {
            return Options["loss_type"] is { } loss && loss.ToJsonString() != "\"sigmoid\"" ? $"preference loss: {loss}"
                : Options.ContainsKey("sync_ref_model") ? "a reference that moves"
                : null;
        }

        if (Trainer.Contains("SFTTrainer", StringComparison.Ordinal))
        {
            return Options["loss_type"] is { } loss ? $"loss of tokens: {loss}" : null;
        }

        if (Trainer.Contains("SentenceTransformerTrainer", StringComparison.Ordinal))
        {
            return Notes.StartsWith("MultipleNegativesRankingLoss", StringComparison.Ordinal) ? null : $"loss of embeddings: {Notes}";
        }

        bool plain = Trainer.StartsWith("transformers", StringComparison.Ordinal) && Trainer.EndsWith(" Trainer", StringComparison.Ordinal);
        return !plain ? $"trainer: {Trainer}" : Architecture is "LlamaForCausalLM" or "BertForMaskedLM" ? null : $"network: {Architecture}";
    }

    /// <summary>Trains as the run did and compares every step.</summary>
    /// <param name="check">Also told the trained parameters at the end.</param>
    public void Follow(Action<IReadOnlyList<TrainedParameter>>? check = null)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("golden", "training", "trajectories", "models", BaseModel));
        if (Trainer.Contains("SentenceTransformerTrainer", StringComparison.Ordinal))
        {
            using SentenceEmbeddingModel encoder = AutoModelForSentenceEmbedding.FromFolder(folder, torch.ScalarType.Float32);
            Train(encoder, null, new ContrastiveObjective(encoder, Scale()), [.. Batches.Select(TrajectoryBatches.Pairs)], check);
            return;
        }

        using LanguageModel model = Architecture == "BertForMaskedLM"
            ? AutoModelForMaskedLM.FromFolder(folder, torch.ScalarType.Float32)
            : AutoModelForCausalLM.FromFolder(folder, torch.ScalarType.Float32);
        using LoraModel? adapter = Adapter(model);
        if (Trainer.Contains("DPOTrainer", StringComparison.Ordinal))
        {
            ReferencedPairs[] pairs;
            using (adapter is not null && Notes.Contains("adapter off", StringComparison.Ordinal) ? adapter.Disable() : null)
            {
                pairs = [.. Batches.Select(batch => TrajectoryBatches.Referenced(model, batch))];
            }

            Train(model, adapter, new PreferenceObjective(model, (double?)Options["beta"] ?? 0.1), pairs, check);
            return;
        }

        LanguageForm form = Architecture == "BertForMaskedLM" ? LanguageForm.Masked
            : Trainer.Contains("SFTTrainer", StringComparison.Ordinal) ? LanguageForm.Supervised
            : LanguageForm.Causal;
        Train(model, adapter, new LanguageObjective(model, form), [.. Batches.Select(TrajectoryBatches.Language)], check);
    }

    private IEnumerable<JsonNode> Batches => Run["batches"]!.AsArray().Select(batch => batch!);

    private double Scale()
    {
        string[] words = Notes.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(words[Array.IndexOf(words, "scale") + 1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private LoraModel? Adapter(PreTrainedModel model)
    {
        if (Run["adapter"] is not JsonObject settings)
        {
            return null;
        }

        string folder = Directory.CreateTempSubdirectory("llmplatform-adapter-").FullName;
        try
        {
            JsonObject config = settings.DeepClone().AsObject();
            config["peft_type"] = "LORA";
            File.WriteAllText(Path.Combine(folder, LoraConfig.FileName), config.ToJsonString());
            File.Copy(SharedData.Require("golden", "training", "trajectories", name, "initial_adapter.safetensors"), Path.Combine(folder, LoraConfig.WeightsFileName));
            return LoraModel.Load(model, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Train<TBatch>(
        PreTrainedModel model, LoraModel? adapter, Objective<TBatch> objective, TBatch[] batches, Action<IReadOnlyList<TrainedParameter>>? check)
    {
        TrainedParameter[] parameters = adapter is null
            ? [.. model.named_parameters().Select(pair => new TrainedParameter(pair.name, pair.parameter, DecayRule.Decays(pair.name)))]
            : [.. adapter.NamedParameters().Select(pair => new TrainedParameter(pair.Name, pair.Parameter, decays: true))];
        AdamW optimizer = new(
            parameters,
            new AdamWOptions((double)Options["adam_beta1"]!, (double)Options["adam_beta2"]!, (double)Options["adam_epsilon"]!, (double)Options["weight_decay"]!));
        LearningRateSchedule schedule = new(
            (string)Options["lr_scheduler_type"]!, (double)Options["learning_rate"]!, (long)Options["warmup_steps"]!, (long)Options["max_steps"]!);
        Trainer<TBatch> trainer = new(objective, parameters, optimizer, schedule, (double)Options["max_grad_norm"]!);
        long tokens = 0;
        foreach (JsonNode? step in Run["steps"]!.AsArray())
        {
            long number = (long)step!["step"]!;
            StepResult result = trainer.Step(number, [.. Reference.Ids(step["batches"]).Select(index => batches[index])]);
            tokens += result.Tokens;
            Compare(step.AsObject(), result, tokens);
        }

        CompareWeights(parameters);
        check?.Invoke(parameters);
        foreach (TrainedParameter parameter in parameters)
        {
            parameter.Dispose();
        }
    }

    private static void Compare(JsonObject expected, StepResult result, long tokens)
    {
        MetricSums sums = new();
        foreach (IReadOnlyList<BatchMetric> metrics in result.Metrics)
        {
            sums.Add(metrics);
        }

        Dictionary<string, double> means = new(sums.Means(), StringComparer.Ordinal) { ["num_tokens"] = tokens, ["loss"] = result.Loss, ["learning_rate"] = result.LearningRate, ["learning_rate_used"] = result.LearningRate };
        string step = $"step {expected["step"]}";
        Reference.Close((double)expected["grad_norm"]!, result.GradNorm, 1e-3, 1e-7, $"{step} grad_norm");

        // Before the first change of a weight rewards are nothing but rounding, and so is which is higher.
        bool tied = expected["rewards/margins"] is { } margin && Math.Abs((double)margin) < Rounding;
        foreach ((string key, JsonNode? value) in expected.Where(pair => pair.Key is not ("step" or "batches" or "grad_norm")))
        {
            if (tied && key == "rewards/accuracies")
            {
                continue;
            }

            Assert.True(means.ContainsKey(key), $"{step}: no {key}");
            Reference.Close((double)value!, means[key], 1e-4, Rounding, $"{step} {key}");
        }
    }

    private void CompareWeights(TrainedParameter[] parameters)
    {
        if (SharedData.TryFind("golden", "training", "trajectories", name, "final.safetensors") is not { } path)
        {
            return;
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        int compared = 0;

        // The gradient of key biases is nothing but noise.
        foreach (TrainedParameter parameter in parameters.Where(parameter => !parameter.Name.EndsWith("key.bias", StringComparison.Ordinal)))
        {
            if (file.Tensors.TryGetValue(parameter.Name, out Hub.Tensors.TensorInfo? info))
            {
                float[] expected = new float[parameter.Values.numel()];
                file.ReadFloats(info, expected);
                Reference.Close([.. expected.Select(value => (double)value)], [.. Scalars.All(parameter.Values).Select(value => (double)value)], 0, 1e-4);
                compared++;
            }
        }

        Assert.True(compared >= parameters.Length / 2, $"{compared} of {parameters.Length} parameters found in final.safetensors");
    }
}
