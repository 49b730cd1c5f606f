using System.Collections.Immutable;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Versions;

namespace LlmPlatform.Hub.SentenceTransformers;

/// <summary>What the files of a sentence-transformers folder say, in the spelling of any version of that library.</summary>
public sealed record SentenceTransformersConfig
{
    private const string ModulesFile = "modules.json";

    // A name for each kind of body that old versions had.
    private static readonly string[] TransformerFiles =
    [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
    ];

    /// <summary>The modules in order.</summary>
    public required ImmutableArray<SentenceModule> Modules { get; init; }

    /// <summary>How tokens become one vector; several are joined end to end.</summary>
    public required ImmutableArray<PoolingMode> PoolingModes { get; init; }

    /// <summary>Whether the prompt's tokens take part in pooling.</summary>
    public bool IncludePrompt { get; init; } = true;

    /// <summary>Whether vectors are given length 1.</summary>
    public bool Normalize { get; init; }

    /// <summary>The longest text in tokens, special ones counted; null where no file says.</summary>
    public int? MaxSeqLength { get; init; }

    /// <summary>Whether texts are put in lower case before the tokenizer sees them.</summary>
    public bool DoLowerCase { get; init; }

    /// <summary>Texts to put in front, by name (query, passage ...).</summary>
    public ImmutableSortedDictionary<string, string> Prompts { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The prompt to use when none is asked for; null for none.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>cosine, dot, euclidean or manhattan.</summary>
    public string SimilarityFunction { get; init; } = "cosine";

    /// <summary>Reads the files of a folder; null where it has no modules.json.</summary>
    /// <exception cref="InvalidModelFileException">A file is wrong.</exception>
    public static SentenceTransformersConfig? TryRead(string folder)
    {
        string modulesPath = Path.Combine(folder, ModulesFile);
        if (!File.Exists(modulesPath))
        {
            return null;
        }

        ImmutableArray<SentenceModule> modules = ReadModules(modulesPath);
        SentenceModule? transformer = modules.FirstOrDefault(module => module.Type == "Transformer");
        ModelConfig? pooling = modules.FirstOrDefault(module => module.Type == "Pooling") is { } module
            ? ModelConfig.TryLoad(Path.Combine(folder, module.Path, "config.json"))
            : null;
        string body = Path.Combine(folder, transformer?.Path ?? "");
        ModelConfig? settings = TransformerFiles.Select(name => ModelConfig.TryLoad(Path.Combine(body, name))).FirstOrDefault(found => found is not null);
        SentenceTransformersConfig config = new()
        {
            Modules = modules,
            PoolingModes = pooling is null ? [PoolingMode.Mean] : ReadPooling(pooling),
            IncludePrompt = pooling?.GetBoolean("include_prompt", true) ?? true,
            Normalize = modules.Any(module => module.Type == "Normalize"),
            MaxSeqLength = ReadMaxSeqLength(body, settings),
            DoLowerCase = settings?.GetBoolean("do_lower_case", false) ?? false,
        };
        ModelConfig? common = ModelConfig.TryLoad(Path.Combine(folder, "config_sentence_transformers.json"));
        return common is null ? config : ReadCommon(config, common);
    }

    private static ImmutableArray<SentenceModule> ReadModules(string path)
    {
        ImmutableArray<SentenceModule>.Builder modules = ImmutableArray.CreateBuilder<SentenceModule>();
        foreach (ModelConfig entry in ModelConfig.LoadArray(path).OrderBy(entry => entry.FindInt32("idx", 0)))
        {
            string folder = entry.FindString("path", "")!;
            if (folder.Length > 0 && !RelativePaths.IsPortable(folder))
            {
                throw entry.Invalid("path", "a folder below the model's");
            }

            string type = entry.GetString("type");
            modules.Add(new SentenceModule(type[(type.LastIndexOf('.') + 1)..], folder));
        }

        return modules.ToImmutable();
    }

    /// <summary>Either <c>pooling_mode: "mean"</c> (or a list), or a switch for each mode.</summary>
    private static ImmutableArray<PoolingMode> ReadPooling(ModelConfig pooling)
    {
        if (pooling.TryGet("pooling_mode", out System.Text.Json.JsonElement mode))
        {
            IEnumerable<string> names = mode.ValueKind == System.Text.Json.JsonValueKind.Array
                ? pooling.FindStrings("pooling_mode")
                : [pooling.GetString("pooling_mode")];
            return [.. names.Select(name => ParseMode(name) ?? throw pooling.Invalid("pooling_mode", "cls, max, mean, mean_sqrt_len_tokens, weightedmean or lasttoken"))];
        }

        ImmutableArray<PoolingMode> modes = [.. Switches(pooling).Where(entry => entry.On).Select(entry => entry.Mode)];
        return modes.IsEmpty ? throw pooling.Invalid("pooling_mode", "a pooling mode, or a switch pooling_mode_... that is true") : modes;
    }

    private static (PoolingMode Mode, bool On)[] Switches(ModelConfig pooling) =>
    [
        (PoolingMode.Cls, pooling.GetBoolean("pooling_mode_cls_token", false)),
        (PoolingMode.Max, pooling.GetBoolean("pooling_mode_max_tokens", false)),
        (PoolingMode.Mean, pooling.GetBoolean("pooling_mode_mean_tokens", !pooling.Keys.Any(key => key.StartsWith("pooling_mode_", StringComparison.Ordinal)))),
        (PoolingMode.MeanSqrtLen, pooling.GetBoolean("pooling_mode_mean_sqrt_len_tokens", false)),
        (PoolingMode.WeightedMean, pooling.GetBoolean("pooling_mode_weightedmean_tokens", false)),
        (PoolingMode.LastToken, pooling.GetBoolean("pooling_mode_lasttoken", false)),
    ];

    private static PoolingMode? ParseMode(string name) => name switch
    {
        "cls" => PoolingMode.Cls,
        "max" => PoolingMode.Max,
        "mean" => PoolingMode.Mean,
        "mean_sqrt_len_tokens" => PoolingMode.MeanSqrtLen,
        "weightedmean" => PoolingMode.WeightedMean,
        "lasttoken" => PoolingMode.LastToken,
        _ => null,
    };

    /// <summary>The module's own limit, else the tokenizer's; never more than the body has positions for.</summary>
    private static int? ReadMaxSeqLength(string body, ModelConfig? settings)
    {
        int? positions = ModelConfig.TryLoad(Path.Combine(body, "config.json"))?.FindInt32("max_position_embeddings", min: 1);
        int? length = settings?.FindInt32("max_seq_length", min: 1);
        if (length is null
            && ModelConfig.TryLoad(Path.Combine(body, "tokenizer_config.json"))?.FindDouble("model_max_length") is double limit
            && limit is >= 1 and <= int.MaxValue)
        {
            // "No limit" is written as 1e30.
            length = (int)limit;
        }

        return length is int found && positions is int most ? Math.Min(found, most) : length ?? positions;
    }

    private static SentenceTransformersConfig ReadCommon(SentenceTransformersConfig config, ModelConfig common)
    {
        ModelConfig? section = common.FindSection("prompts");
        ImmutableSortedDictionary<string, string> prompts = section is null
            ? ImmutableSortedDictionary<string, string>.Empty
            : section.Keys.ToImmutableSortedDictionary(name => name, name => section.FindString(name, "")!, StringComparer.Ordinal);
        string? defaultName = common.FindString("default_prompt_name");
        if (defaultName is not null && !prompts.ContainsKey(defaultName))
        {
            throw common.Invalid("default_prompt_name", "the name of one of the prompts");
        }

        string similarity = common.FindString("similarity_fn_name", "cosine")!;
        return config with
        {
            Prompts = prompts,
            DefaultPromptName = defaultName,
            SimilarityFunction = similarity is "cosine" or "dot" or "euclidean" or "manhattan"
                ? similarity
                : throw common.Invalid("similarity_fn_name", "cosine, dot, euclidean or manhattan"),
        };
    }
}
