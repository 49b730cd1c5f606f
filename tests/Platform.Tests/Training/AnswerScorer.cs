using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>
/// Log-probabilities of answers by the serving engine, from the files of a model alone: nothing of the training code, so that
/// what agrees with it was trained and is served.
/// </summary>
internal sealed class AnswerScorer : IDisposable
{
    private readonly ITensorFile _weights;
    private readonly LoraAdapter? _adapter;
    private readonly LlamaBackend _backend;
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly ModelFolder _folder;

    /// <summary>Opens a base, with an adapter over it where one is named.</summary>
    public AnswerScorer(string baseFolder, string? adapterFolder)
    {
        _folder = ModelFolder.Open(baseFolder);
        LlamaConfig config = LlamaConfig.From(_folder.Config);
        _weights = _folder.OpenWeights();
        _adapter = adapterFolder is null ? null : LoraAdapter.Open(adapterFolder, config);
        _backend = LlamaBackend.Load(config, _weights, _folder.Config.Path, new LlamaBackendOptions { KvCacheBytes = 1 << 26 }, _adapter);
        _tokenizer = Tokenizer.Load(_folder.TokenizerPath!);
        _template = ChatTemplate.Compile(_folder.ChatTemplate!);
    }

    /// <summary>The log-probability of an answer to a question, with what the template puts behind it.</summary>
    public double Score(JsonArray prompt, JsonArray answer)
    {
        int[] before = Ids(prompt, addGenerationPrompt: true);
        int[] all = Ids([.. prompt.Concat(answer).Select(message => message!.DeepClone())], addGenerationPrompt: false);
        int start = before.AsSpan().CommonPrefixLength(all);
        float[] logits = new float[_backend.VocabularySize];
        using IDecoderSequence sequence = _backend.TryOpen(all.Length, 1)!;
        _backend.Step([new DecoderInput(sequence, all.AsMemory(0, start), logits)]);
        double sum = LogProbability(logits, all[start]);
        for (int i = start; i + 1 < all.Length; i++)
        {
            _backend.Step([new DecoderInput(sequence, all.AsMemory(i, 1), logits)]);
            sum += LogProbability(logits, all[i + 1]);
        }

        return sum;
    }

    public void Dispose()
    {
        _backend.Dispose();
        _adapter?.Dispose();
        _weights.Dispose();
    }

    private int[] Ids(JsonArray messages, bool addGenerationPrompt) => _tokenizer.EncodeIds(
        _template.Render(new ChatTemplateInput
        {
            Messages = [.. messages.Select(message => message!.AsObject())],
            AddGenerationPrompt = addGenerationPrompt,
            BosToken = _folder.FindSpecialToken("bos_token"),
            EosToken = _folder.FindSpecialToken("eos_token"),
        }),
        addSpecialTokens: false);

    private static double LogProbability(float[] logits, int id)
    {
        double most = logits.Max();
        return logits[id] - most - Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }
}
