using System.Collections.Immutable;
using System.Text.Json;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Hub.Adapters;

/// <summary>
/// The settings of a low-rank adapter (Hu et al. 2021; PEFT: <c>LoraConfig</c>), checked. What would change the network in
/// a way that is not computed here is refused; settings that only matter while training are not read.
/// </summary>
public sealed record LoraConfig
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>The name of the file with the tensors.</summary>
    public const string WeightsFileName = "adapter_model.safetensors";

    /// <summary>The only <c>peft_type</c> that is read.</summary>
    public const string LoraPeftType = "LORA";

    /// <summary>The largest rank that is read.</summary>
    public const int MaxRank = 4096;

    private const int MaxPatterns = 1024;

    // Each changes what is computed: another parametrisation, other layers, parameters that are not matrices of layers.
    private static readonly string[] Refused =
    [
        "modules_to_save", "target_parameters", "trainable_token_indices", "layer_replication", "alora_invocation_tokens", "arrow_config",
        "use_qalora", "use_bdlora", "kasa_config", "monteclora_config", "velora_config",
    ];

    // Those that leave the base's weights as they are. Others (pissa, olora, corda, loftq ...) change them when the adapter is put on.
    private static readonly string[] HarmlessInitializations = ["gaussian", "eva", "orthogonal", "lora_ga"];

    private ImmutableArray<(NamePattern Pattern, int Rank)> _ranks = [];
    private ImmutableArray<(NamePattern Pattern, double Alpha)> _alphas = [];
    private TargetModules _targets = null!;

    /// <summary><c>base_model_name_or_path</c>: what the trainer called the base; null where it does not say.</summary>
    public string? BaseModelNameOrPath { get; private init; }

    /// <summary><c>r</c>, unless <c>rank_pattern</c> says otherwise for a module.</summary>
    public required int Rank { get; init; }

    /// <summary><c>lora_alpha</c>, unless <c>alpha_pattern</c> says otherwise for a module.</summary>
    public required double Alpha { get; init; }

    /// <summary><c>use_rslora</c>: the scale is alpha / sqrt(r) instead of alpha / r (Kalajdzievski 2023).</summary>
    public required bool UseRslora { get; init; }

    /// <summary><c>use_dora</c>: each output row of the changed weight has a trained length (Liu et al. 2024).</summary>
    public required bool UseDora { get; init; }

    /// <summary><c>lora_bias</c>: the second matrix has a bias, scaled as the matrix is.</summary>
    public required bool LoraBias { get; init; }

    /// <summary>Reads adapter_config.json.</summary>
    /// <exception cref="InvalidModelFileException">A key is missing or wrong, or asks for what is not supported.</exception>
    public static LoraConfig From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.GetString("peft_type") != LoraPeftType)
        {
            throw config.Invalid("peft_type", $"{LoraPeftType}: other kinds of adapters are not supported");
        }

        if (config.FindString("task_type") is not (null or "CAUSAL_LM"))
        {
            throw config.Invalid("task_type", "CAUSAL_LM: adapters of other tasks are not supported");
        }

        foreach (string key in Refused)
        {
            RequireUnset(config, key);
        }

        RequirePlainInitialization(config);
        if (config.FindString("bias", "none") is not ("none" or "all" or "lora_only"))
        {
            throw config.Invalid("bias", "none, all or lora_only");
        }

        return new LoraConfig
        {
            BaseModelNameOrPath = config.FindString("base_model_name_or_path"),
            Rank = config.FindInt32("r", 8, 1, MaxRank)!.Value,
            Alpha = config.FindDouble("lora_alpha", 8)!.Value,
            UseRslora = config.GetBoolean("use_rslora", false),
            UseDora = config.GetBoolean("use_dora", false),
            LoraBias = config.GetBoolean("lora_bias", false),
            _ranks = Patterns(config, "rank_pattern", (section, key) => section.GetInt32(key, 1, MaxRank)),
            _alphas = Patterns(config, "alpha_pattern", (section, key) => section.GetDouble(key)),
            _targets = TargetModules.From(config),
        };
    }

    /// <summary>Whether the adapter changes a module, given by its full name in the base, for example <c>model.layers.0.self_attn.q_proj</c>.</summary>
    /// <exception cref="InvalidModelFileException">A pattern takes too long.</exception>
    public bool Targets(string module) => _targets.Match(module);

    /// <summary>The rank for a module: that of the first pattern that fits.</summary>
    /// <exception cref="InvalidModelFileException">A pattern takes too long.</exception>
    public int RankOf(string module)
    {
        foreach ((NamePattern pattern, int rank) in _ranks)
        {
            if (pattern.MatchesEnd(module))
            {
                return rank;
            }
        }

        return Rank;
    }

    /// <summary>What the product of the two matrices is multiplied with for a module.</summary>
    /// <exception cref="InvalidModelFileException">A pattern takes too long.</exception>
    public float ScaleOf(string module)
    {
        double alpha = Alpha;
        foreach ((NamePattern pattern, double other) in _alphas)
        {
            if (pattern.MatchesEnd(module))
            {
                alpha = other;
                break;
            }
        }

        int rank = RankOf(module);
        return (float)(alpha / (UseRslora ? Math.Sqrt(rank) : rank));
    }

    private static ImmutableArray<(NamePattern, T)> Patterns<T>(ModelConfig config, string key, Func<ModelConfig, string, T> value)
    {
        if (config.FindSection(key) is not { } section)
        {
            return [];
        }

        string[] keys = [.. section.Keys];
        return keys.Length <= MaxPatterns
            ? [.. keys.Select(pattern => (new NamePattern(config, key, pattern), value(section, pattern)))]
            : throw config.Invalid(key, $"at most {MaxPatterns} patterns");
    }

    // False, an empty list and an empty object are what PEFT writes for "not used".
    private static void RequireUnset(ModelConfig config, string key)
    {
        if (!config.TryGet(key, out JsonElement value))
        {
            return;
        }

        bool unset = value.ValueKind switch
        {
            JsonValueKind.False => true,
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            JsonValueKind.String => value.GetString()!.Length == 0,
            _ => false,
        };
        if (!unset)
        {
            throw config.Invalid(key, "nothing: it is not supported");
        }
    }

    private static void RequirePlainInitialization(ModelConfig config)
    {
        const string Key = "init_lora_weights";
        if (config.TryGet(Key, out JsonElement value)
            && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
            && !(value.ValueKind == JsonValueKind.String && HarmlessInitializations.Contains(value.GetString())))
        {
            throw config.Invalid(Key, $"true, false or one of {string.Join(", ", HarmlessInitializations)}: others change the base's weights");
        }
    }
}
