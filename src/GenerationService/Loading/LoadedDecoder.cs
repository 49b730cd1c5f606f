using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.GenerationService.Loading;

/// <summary>A decoder model in memory: engine, tokenizer, chat template, and what its makers recommend.</summary>
internal sealed class LoadedDecoder : IAsyncDisposable
{
    private static readonly string[] OtherSpecialTokens = ["unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    private readonly string? _templateSource;
    private readonly Lazy<ChatTemplate?> _template;

    private LoadedDecoder(ModelFolder folder, Tokenizer tokenizer, GenerationEngine engine)
    {
        Tokenizer = tokenizer;
        Engine = engine;
        Recommended = folder.GenerationConfig ?? new GenerationConfig();
        BosToken = folder.FindSpecialToken("bos_token");
        EosToken = folder.FindSpecialToken("eos_token");
        SpecialTokens = [];
        foreach (string key in OtherSpecialTokens)
        {
            if (folder.FindSpecialToken(key) is { } token)
            {
                SpecialTokens[key] = token;
            }
        }

        // A template that does not compile must not keep the model from continuing plain prompts.
        _templateSource = folder.ChatTemplate;
        _template = new Lazy<ChatTemplate?>(() => _templateSource is null ? null : ChatTemplate.Compile(_templateSource));
    }

    public GenerationEngine Engine { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>generation_config.json; empty where there is none.</summary>
    public GenerationConfig Recommended { get; }

    public string? BosToken { get; }

    public string? EosToken { get; }

    /// <summary>The other special tokens that templates may name.</summary>
    public JsonObject SpecialTokens { get; }

    /// <summary>Null for a model that is not for chat.</summary>
    /// <exception cref="ChatTemplateException">It does not compile.</exception>
    public ChatTemplate? Template => _template.Value;

    /// <summary>Reads a folder's files into memory.</summary>
    /// <param name="path">The model.</param>
    /// <param name="adapterPath">The adapter that changes it; null for none.</param>
    /// <param name="options">Limits.</param>
    /// <param name="clock">The time.</param>
    /// <exception cref="InvalidModelFileException">A file is damaged or missing.</exception>
    public static LoadedDecoder Load(string path, string? adapterPath, GenerationEngineOptions options, TimeProvider clock)
    {
        ModelFolder folder = adapterPath is null ? ModelFolder.Open(path) : ModelFolder.OpenAdapted(path, adapterPath);
        Tokenizer tokenizer = folder.ReadTokenizer();
        GenerationEngine engine = GenerationEngine.Load(folder, tokenizer, options, clock);
        return new LoadedDecoder(folder, tokenizer, engine);
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
