using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>The serving engine over the files of a model alone: nothing of the training code.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly ITensorFile _weights;
    private readonly LoraAdapter? _adapter;
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;

    /// <summary>Opens a base, with an adapter over it where one is named.</summary>
    public ServedModel(string baseFolder, string? adapterFolder)
    {
        AdapterFolder = adapterFolder;
        Folder = ModelFolder.Open(baseFolder);
        LlamaConfig config = LlamaConfig.From(Folder.Config);
        _weights = Folder.OpenWeights();
        _adapter = adapterFolder is null ? null : LoraAdapter.Open(adapterFolder, config);
        Engine = LlamaBackend.Load(config, _weights, Folder.Config.Path, new LlamaBackendOptions { KvCacheBytes = 1 << 26 }, _adapter);
        _tokenizer = Tokenizer.Load(Folder.TokenizerPath!);
        _template = ChatTemplate.Compile(Folder.ChatTemplate!);
    }

    /// <summary>The base.</summary>
    public ModelFolder Folder { get; }

    /// <summary>The adapter; null: the base alone.</summary>
    public string? AdapterFolder { get; }

    public LlamaBackend Engine { get; }

    /// <summary>A conversation as the model reads it.</summary>
    public int[] Ids(JsonArray messages, bool addGenerationPrompt) => _tokenizer.EncodeIds(
        _template.Render(new ChatTemplateInput
        {
            Messages = [.. messages.Select(message => message!.AsObject())],
            AddGenerationPrompt = addGenerationPrompt,
            BosToken = Folder.FindSpecialToken("bos_token"),
            EosToken = Folder.FindSpecialToken("eos_token"),
        }),
        addSpecialTokens: false);

    public void Dispose()
    {
        Engine.Dispose();
        _adapter?.Dispose();
        _weights.Dispose();
    }
}
