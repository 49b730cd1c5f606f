using System.Collections.Immutable;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Folders;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub;

/// <summary>
/// A model in Hugging Face's layout: config.json, weights (safetensors in one file or several, or one GGUF file),
/// tokenizer.json and their companions. A GGUF file alone is enough for the configuration.
/// </summary>
public sealed class ModelFolder
{
    /// <summary>The kinds of models (<c>model_type</c>) that can be read into an engine.</summary>
    public static readonly ImmutableArray<string> SupportedModelTypes = [BertArchitecture.ModelType, LlamaArchitecture.ModelType];

    private readonly string _body;
    private readonly WeightFiles _weights;

    private ModelFolder(
        string path, string body, WeightFiles weights, ModelConfig config, SentenceTransformersConfig? sentenceTransformers, string? adapterPath = null)
    {
        Path = path;
        AdapterPath = adapterPath;
        _body = body;
        _weights = weights;
        Config = config;
        SentenceTransformers = sentenceTransformers;
        TokenizerConfig = ModelConfig.TryLoad(Below("tokenizer_config.json"));
        GenerationConfig = ModelConfig.TryLoad(Below("generation_config.json")) is { } generation ? GenerationConfig.From(generation) : null;
        ChatTemplates = ReadChatTemplates();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The folder of the adapter that changes the model; null where there is none.</summary>
    public string? AdapterPath { get; }

    /// <summary>config.json, or what a bare GGUF file says in its keys.</summary>
    public ModelConfig Config { get; }

    /// <summary>generation_config.json; null where there is none.</summary>
    public GenerationConfig? GenerationConfig { get; }

    /// <summary>tokenizer_config.json; null where there is none.</summary>
    public ModelConfig? TokenizerConfig { get; }

    /// <summary>tokenizer.json; null where there is none.</summary>
    public string? TokenizerPath => File.Exists(Below("tokenizer.json")) ? Below("tokenizer.json") : null;

    /// <summary>Chat templates (Jinja) by name; the usual one is <c>default</c>.</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates { get; }

    /// <summary>The chat template named <c>default</c>; null for a model that is not for chat.</summary>
    public string? ChatTemplate => ChatTemplates.GetValueOrDefault(ChatTemplateFiles.DefaultName);

    /// <summary>The files of sentence-transformers, or the pooling that a bert GGUF file names; null where there is neither.</summary>
    public SentenceTransformersConfig? SentenceTransformers { get; }

    /// <summary><c>model_type</c>.</summary>
    public string ModelType => Config.GetString("model_type");

    /// <summary>What the model is for; null where the kind of model is not known.</summary>
    public ModelTask? Task => GuessTask();

    /// <summary>Why no engine can run the model; null where one can.</summary>
    public string? UnsupportedReason => !SupportedModelTypes.Contains(ModelType)
        ? $"model_type {Shown.Cut(ModelType)} is not supported (supported: {string.Join(", ", SupportedModelTypes)})"
        : Task is null ? $"architectures {Shown.Cut(string.Join(", ", Config.FindStrings("architectures")))} are not supported" : null;

    /// <summary>Tokens that end a text: generation_config.json's, else config.json's.</summary>
    public ImmutableArray<int> EosTokenIds =>
        GenerationConfig is { EosTokenIds.IsEmpty: false } generation ? generation.EosTokenIds : Config.FindInt32s("eos_token_id");

    /// <summary>Opens a folder. The weights are found, not read.</summary>
    /// <exception cref="InvalidModelFileException">
    /// There are no weights that can be read (pickled ones are refused: they can run code), no configuration, or a file is wrong.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ModelFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"no folder {path}");
        }

        SentenceTransformersConfig? sentenceTransformers = SentenceTransformersConfig.TryRead(path);
        string body = System.IO.Path.Combine(path, sentenceTransformers?.Modules.FirstOrDefault(module => module.Type == "Transformer")?.Path ?? "");
        WeightFiles weights = WeightFiles.Find(body);
        ModelConfig? config = ModelConfig.TryLoad(System.IO.Path.Combine(body, "config.json"));
        if (weights.Gguf is not null && (config is null || sentenceTransformers is null))
        {
            using GgufFile file = GgufFile.Open(weights.Gguf);
            config ??= GgufConfig.Read(file);
            sentenceTransformers ??= GgufPooling.Read(file);
        }

        return new ModelFolder(
            path,
            body,
            weights,
            config ?? throw new InvalidModelFileException(System.IO.Path.Combine(body, "config.json"), "", null, "the file to be there"),
            sentenceTransformers);
    }

    /// <summary>
    /// Opens a model with an adapter that changes it. Files about text that the adapter brings (tokenizer.json,
    /// tokenizer_config.json, special_tokens_map.json, generation_config.json, chat templates) take the place of the model's.
    /// </summary>
    /// <exception cref="InvalidModelFileException">
    /// As for <see cref="Open"/>; or the adapter folder holds none. Whether the adapter fits is seen by <see cref="OpenAdapter"/>.
    /// </exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ModelFolder OpenAdapted(string path, string adapterPath)
    {
        ModelFolder model = Open(path);
        return LoraAdapter.IsAdapter(adapterPath)
            ? new ModelFolder(path, model._body, model._weights, model.Config, model.SentenceTransformers, adapterPath)
            : throw new InvalidModelFileException(adapterPath, LoraConfig.FileName, null, "the file to be there");
    }

    /// <summary>Opens the adapter, checked against the model; null where there is none. The caller disposes of it.</summary>
    /// <exception cref="InvalidModelFileException">A file is damaged, asks for what is not supported, or does not fit the model.</exception>
    public LoraAdapter? OpenAdapter() => AdapterPath is null ? null : LoraAdapter.Open(AdapterPath, LlamaConfig.From(Config));

    /// <summary>
    /// Opens the weights. Names are always Hugging Face's and rows in its order, whatever the format. The caller disposes of them.
    /// </summary>
    /// <exception cref="InvalidModelFileException">A file is damaged.</exception>
    public ITensorFile OpenWeights()
    {
        ITensorFile file = _weights.Open();
        try
        {
            return file switch
            {
                GgufFile gguf => RenamedTensors.FromGguf(gguf),
                _ when ModelType == BertArchitecture.ModelType => RenamedTensors.FromOldBert(file),
                _ => file,
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The text of a special token (<c>bos_token</c>, <c>eos_token</c> ...) by tokenizer_config.json, else
    /// special_tokens_map.json; null where none says.
    /// </summary>
    /// <exception cref="InvalidModelFileException">A file is wrong.</exception>
    public string? FindSpecialToken(string key) =>
        SpecialToken(TokenizerConfig, key) ?? SpecialToken(ModelConfig.TryLoad(Below("special_tokens_map.json")), key);

    /// <summary>A string, or an object with the string as its <c>content</c>.</summary>
    private static string? SpecialToken(ModelConfig? config, string key) =>
        config is null || !config.TryGet(key, out System.Text.Json.JsonElement value) ? null
        : value.ValueKind == System.Text.Json.JsonValueKind.Object ? config.GetSection(key).GetString("content")
        : config.GetString(key);

    private ModelTask? GuessTask()
    {
        ImmutableArray<string> architectures = Config.FindStrings("architectures");
        return ModelType switch
        {
            LlamaArchitecture.ModelType when architectures.IsEmpty || architectures.Contains("LlamaForCausalLM") => ModelTask.TextGeneration,
            BertArchitecture.ModelType when SentenceTransformers is not null => ModelTask.SentenceSimilarity,
            BertArchitecture.ModelType when architectures.All(IsBertBody) => ModelTask.FeatureExtraction,
            _ => null,
        };
    }

    // Heads for pre-training leave the body what it is; heads for classes are models of their own.
    private static bool IsBertBody(string architecture) => architecture is "BertModel" or "BertForMaskedLM" or "BertForPreTraining";

    private Dictionary<string, string> ReadChatTemplates()
    {
        Dictionary<string, string> templates = ChatTemplateFiles.Read(
            _body, AdapterPath is null ? TokenizerConfig : ModelConfig.TryLoad(System.IO.Path.Combine(_body, "tokenizer_config.json")), _weights.Gguf);
        if (AdapterPath is not null)
        {
            foreach ((string name, string template) in ChatTemplateFiles.Read(AdapterPath, TokenizerConfig, gguf: null))
            {
                templates[name] = template;
            }
        }

        return templates;
    }

    private string Below(string name)
    {
        string? own = AdapterPath is null ? null : System.IO.Path.Combine(AdapterPath, name);
        return own is not null && File.Exists(own) ? own : System.IO.Path.Combine(_body, name);
    }
}
