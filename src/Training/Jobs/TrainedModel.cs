using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Modeling;
using LlmPlatform.Modeling.Lora;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Optimization;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Training.Jobs;

/// <summary>A network whose weights, or whose adapter's, are trained.</summary>
internal sealed class TrainedModel : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly JobContext _context;

    /// <summary>Puts on the adapter that the job asks for.</summary>
    /// <param name="context">The job.</param>
    /// <param name="network">Owned from now on.</param>
    /// <exception cref="LoraException">The adapter's targets match nothing.</exception>
    public TrainedModel(JobContext context, PreTrainedModel network)
    {
        (_context, Network) = (context, network);
        try
        {
            Adapter = Attach(context, network);
            Parameters = Adapter is null
                ? [.. network.named_parameters().Select(pair => new TrainedParameter(pair.name, pair.parameter, DecayRule.Decays(pair.name)))]
                : [.. Adapter.NamedParameters().Select(pair => new TrainedParameter(pair.Name, pair.Parameter, decays: true))];
        }
        catch
        {
            Adapter?.Dispose();
            network.Dispose();
            throw;
        }
    }

    /// <summary>The network.</summary>
    public PreTrainedModel Network { get; }

    /// <summary>The adapter; null: all weights are trained.</summary>
    public LoraModel? Adapter { get; }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<TrainedParameter> Parameters { get; }

    /// <summary>Numbers that are trained.</summary>
    public long TrainableCount => Parameters.Sum(parameter => parameter.Values.numel());

    /// <summary>All numbers.</summary>
    public long Count => Network.parameters().Sum(parameter => parameter.numel()) + (Adapter is null ? 0 : TrainableCount);

    /// <summary>Writes the result: a whole model, or the adapter. The folder gets its name when all of it is there.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public void Save(string folder)
    {
        string unfinished = Path.TrimEndingDirectorySeparator(folder) + ".incomplete";
        DeleteFolder(unfinished);
        if (Adapter is null)
        {
            Network.SaveAsync(unfinished, _context.Dtype).GetAwaiter().GetResult();
        }
        else
        {
            Adapter.SaveAsync(unfinished).GetAwaiter().GetResult();
            NameBase(Path.Combine(unfinished, LoraConfig.FileName));
        }

        DeleteFolder(folder);
        Directory.Move(unfinished, folder);
    }

    /// <summary>Frees network, adapter and moments.</summary>
    public void Dispose()
    {
        foreach (TrainedParameter parameter in Parameters)
        {
            parameter.Dispose();
        }

        Adapter?.Dispose();
        Network.Dispose();
    }

    private static LoraModel? Attach(JobContext context, PreTrainedModel network)
    {
        LoraRecipe? lora = context.Recipe.Lora;
        if (context.Start.BaseAdapterFolder is not { } folder)
        {
            return lora is null ? null : LoraModel.Attach(network, Settings(context, lora), context.Recipe.Seed);
        }

        LoraModel adapter = LoraModel.Load(network, folder, context.Recipe.Seed);
        if (lora is null)
        {
            // All weights are trained: those of base and adapter together.
            adapter.Merge();
            return null;
        }

        if (adapter.Settings.R == lora.R && adapter.Settings.UseRslora == lora.UseRslora)
        {
            return adapter;
        }

        string found = $"r {adapter.Settings.R}, use_rslora {adapter.Settings.UseRslora}";
        adapter.Dispose();
        throw new TrainingException(
            FailureCodes.InvalidRecipe, $"lora: r {lora.R}, use_rslora {lora.UseRslora}, expected those of the adapter that training goes on from: {found}");
    }

    private static LoraSettings Settings(JobContext context, LoraRecipe lora) => new()
    {
        R = lora.R,
        LoraAlpha = lora.LoraAlpha,
        LoraDropout = lora.LoraDropout,
        TargetModules = lora.TargetModules,
        UseRslora = lora.UseRslora,
        TaskType = context.Recipe.Objective is TrainingContracts.Recipes.Objectives.CausalLm or TrainingContracts.Recipes.Objectives.Sft
            or TrainingContracts.Recipes.Objectives.Dpo
            ? "CAUSAL_LM"
            : "FEATURE_EXTRACTION",
        BaseModelNameOrPath = context.Start.BaseVersion,
    };

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    // An adapter that training went on from may name its base otherwise.
    private void NameBase(string path)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config["base_model_name_or_path"] = _context.Start.BaseVersion;
        File.WriteAllText(path, config.ToJsonString(Indented));
    }
}
