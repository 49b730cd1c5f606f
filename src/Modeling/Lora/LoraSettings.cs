using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling.Lora;

/// <summary>What adapter_config.json says of a low-rank adapter, in PEFT's names and with its defaults.</summary>
public sealed record LoraSettings
{
    /// <summary>The name that stands for all linear layers but the one that gives the scores.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>The rank, unless <see cref="RankPattern"/> says otherwise.</summary>
    public int R { get; init; } = 8;

    /// <summary>The update is scaled by this over the rank, or over its root, unless <see cref="AlphaPattern"/> says otherwise.</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>Share of the adapter's inputs that are set to 0 in training.</summary>
    public double LoraDropout { get; init; }

    /// <summary>Names of modules, or their ends behind a dot; or the single name <c>all-linear</c>.</summary>
    public ImmutableArray<string> TargetModules { get; init; } = [AllLinear];

    /// <summary>In place of <see cref="TargetModules"/>: a regular expression over whole names.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Modules that are left out.</summary>
    public ImmutableArray<string> ExcludeModules { get; init; } = [];

    /// <summary>Only these layers; empty for all.</summary>
    public ImmutableArray<int> LayersToTransform { get; init; } = [];

    /// <summary>The names before a layer's number; empty for any.</summary>
    public ImmutableArray<string> LayersPattern { get; init; } = [];

    /// <summary>https://arxiv.org/abs/2312.03732: scale alpha / sqrt(r).</summary>
    public bool UseRslora { get; init; }

    /// <summary>https://arxiv.org/abs/2402.09353: each output row has a trained length.</summary>
    public bool UseDora { get; init; }

    /// <summary>Whether the second matrix has a bias.</summary>
    public bool LoraBias { get; init; }

    /// <summary>Other ranks by pattern of name.</summary>
    public ImmutableSortedDictionary<string, int> RankPattern { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Other alphas by pattern of name.</summary>
    public ImmutableSortedDictionary<string, double> AlphaPattern { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Linear layers that are trained whole and kept beside the adapter (a new classifier).</summary>
    public ImmutableArray<string> ModulesToSave { get; init; } = [];

    /// <summary>CAUSAL_LM, SEQ_CLS, FEATURE_EXTRACTION ...; null where it does not matter.</summary>
    public string? TaskType { get; init; }

    /// <summary>What the base is called.</summary>
    public string? BaseModelNameOrPath { get; init; }

    /// <summary>Reads adapter_config.json.</summary>
    /// <exception cref="Hub.InvalidModelFileException">A key is missing or wrong, or asks for what is not supported.</exception>
    public static LoraSettings From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.FindString("bias", "none") != "none")
        {
            throw config.Invalid("bias", "none: biases of the base are not trained");
        }

        bool pattern = config.TryGet("target_modules", out JsonElement targets) && targets.ValueKind == JsonValueKind.String;
        string? text = pattern ? targets.GetString() : null;
        return new LoraSettings
        {
            R = config.FindInt32("r", 8, 1)!.Value,
            LoraAlpha = config.FindDouble("lora_alpha", 8)!.Value,
            LoraDropout = config.FindDouble("lora_dropout", 0)!.Value,
            TargetModules = text == AllLinear ? [AllLinear] : pattern ? [] : config.FindStrings("target_modules"),
            TargetPattern = text == AllLinear ? null : text,
            ExcludeModules = Names(config, "exclude_modules"),
            LayersToTransform = config.FindInt32s("layers_to_transform"),
            LayersPattern = Names(config, "layers_pattern"),
            UseRslora = config.GetBoolean("use_rslora", false),
            UseDora = config.GetBoolean("use_dora", false),
            LoraBias = config.GetBoolean("lora_bias", false),
            RankPattern = Patterns(config, "rank_pattern", (section, key) => section.GetInt32(key, 1)),
            AlphaPattern = Patterns(config, "alpha_pattern", (section, key) => section.GetDouble(key)),
            ModulesToSave = [.. Names(config, "modules_to_save").Distinct()],
            TaskType = config.FindString("task_type"),
            BaseModelNameOrPath = config.FindString("base_model_name_or_path"),
        };
    }

    /// <summary>adapter_config.json.</summary>
    public JsonObject ToJson() => new()
    {
        ["peft_type"] = "LORA",
        ["task_type"] = TaskType,
        ["base_model_name_or_path"] = BaseModelNameOrPath,
        ["inference_mode"] = true,
        ["r"] = R,
        ["lora_alpha"] = LoraAlpha == Math.Floor(LoraAlpha) && Math.Abs(LoraAlpha) < int.MaxValue ? (int)LoraAlpha : LoraAlpha,
        ["lora_dropout"] = LoraDropout,
        ["target_modules"] = TargetPattern is not null ? TargetPattern : Array(TargetModules),
        ["exclude_modules"] = ExcludeModules.IsEmpty ? null : Array(ExcludeModules),
        ["layers_to_transform"] = LayersToTransform.IsEmpty ? null : new JsonArray([.. LayersToTransform.Select(layer => (JsonNode)layer)]),
        ["layers_pattern"] = LayersPattern.IsEmpty ? null : Array(LayersPattern),
        ["use_rslora"] = UseRslora,
        ["use_dora"] = UseDora,
        ["lora_bias"] = LoraBias,
        ["bias"] = "none",
        ["fan_in_fan_out"] = false,
        ["init_lora_weights"] = true,
        ["rank_pattern"] = new JsonObject(RankPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["alpha_pattern"] = new JsonObject(AlphaPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["modules_to_save"] = ModulesToSave.IsEmpty ? null : Array(ModulesToSave),
    };

    private static JsonArray Array(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];

    // One name, or several.
    private static ImmutableArray<string> Names(ModelConfig config, string key) =>
        config.TryGet(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? [value.GetString()!] : config.FindStrings(key);

    private static ImmutableSortedDictionary<string, T> Patterns<T>(ModelConfig config, string key, Func<ModelConfig, string, T> read) =>
        config.FindSection(key) is { } section
            ? section.Keys.ToImmutableSortedDictionary(name => name, name => read(section, name), StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, T>.Empty;
}
