using System.Text.Json.Nodes;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Layers;
using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>Which modules of a model an adapter changes, and with what rank and scale.</summary>
internal static class LoraTargets
{
    private const int ShownNames = 8;

    /// <summary>The settings with <c>all-linear</c> written out as the names of the model's layers, as PEFT saves it.</summary>
    public static LoraSettings WrittenOut(PreTrainedModel model, LoraSettings settings) =>
        settings.TargetPattern is null && settings.TargetModules is [LoraSettings.AllLinear]
            ? settings with { TargetModules = [.. LinearNames(model).Order(StringComparer.Ordinal)] }
            : settings;

    /// <summary>The modules in the model's order.</summary>
    /// <exception cref="LoraException">None, or one that is neither a linear layer nor an embedding.</exception>
    public static List<LoraTarget> Find(PreTrainedModel model, LoraSettings settings)
    {
        LoraConfig rules = Rules(settings);
        List<LoraTarget> targets = [];
        foreach ((string name, nn.Module module) in model.named_modules())
        {
            if (name.Length == 0 || IsSaved(settings, name) || !rules.Targets(name))
            {
                continue;
            }

            targets.Add(module is LinearLayer or EmbeddingLayer
                ? new LoraTarget(name, module, rules.RankOf(name), rules.ScaleOf(name))
                : throw new LoraException($"target_modules: {name} cannot be adapted, expected linear layers or embeddings"));
        }

        if (targets.Count == 0)
        {
            throw new LoraException($"target_modules: {Shown(settings)} matches no module, expected names like {string.Join(", ", LinearNames(model).Select(LastPart).Distinct())}");
        }

        return targets;
    }

    /// <summary>The layers that are trained whole.</summary>
    /// <exception cref="LoraException">A name matches no linear layer.</exception>
    public static List<(string Name, LinearLayer Layer)> FindSaved(PreTrainedModel model, LoraSettings settings)
    {
        List<(string, LinearLayer)> saved = [];
        foreach ((string name, nn.Module module) in model.named_modules())
        {
            if (IsSaved(settings, name))
            {
                saved.Add(module is LinearLayer { IsTied: false } layer
                    ? (name, layer)
                    : throw new LoraException($"modules_to_save: {name} is no linear layer with a weight of its own"));
            }
        }

        return saved;
    }

    private static bool IsSaved(LoraSettings settings, string name) =>
        settings.ModulesToSave.Any(saved => name == saved || name.EndsWith("." + saved, StringComparison.Ordinal));

    private static IEnumerable<string> LinearNames(PreTrainedModel model) =>
        model.named_modules().Where(pair => pair.module is LinearLayer && !ReferenceEquals(pair.module, model.OutputLayer)).Select(pair => pair.name);

    // Hub's rules are those of every adapter; what it refuses to serve is no matter here.
    private static LoraConfig Rules(LoraSettings settings)
    {
        JsonObject json = settings.ToJson();
        json.Remove("task_type");
        json.Remove("modules_to_save");
        return LoraConfig.From(ModelConfig.From(LoraConfig.FileName, json));
    }

    private static string Shown(LoraSettings settings)
    {
        string text = settings.TargetPattern ?? string.Join(", ", settings.TargetModules.Take(ShownNames));
        return $"[{(text.Length <= 64 ? text : text[..64] + "...")}]";
    }

    private static string LastPart(string name) => name[(name.LastIndexOf('.') + 1)..];
}
