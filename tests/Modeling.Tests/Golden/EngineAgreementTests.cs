using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;
using LlmPlatform.Modeling.Lora;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>What these networks save, the engine that serves reads, and computes the same.</summary>
[Trait("Category", "Golden")]
public sealed class EngineAgreementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Folders of llama models that score the next word.</summary>
    public static TheoryData<string> Folders
    {
        get
        {
            TheoryData<string> data = [.. GoldenModels.Folders()
                .Where(folder => ModelFolder.Open(folder) is { Task: ModelTask.TextGeneration, ModelType: "llama" })
                .Select(folder => Path.GetFileName(folder)!)];
            return data.Count > 0 ? data : [""];
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_saved_model_is_served_with_the_same_scores(string folder)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = AutoModelForCausalLM.FromFolder(
            ModelFolder.Open(SharedData.Require("golden", "models", folder)), ScalarType.Float32);
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Float32, Token));
        long[] ids = [3, 9, 27, 1, 14, 5];
        Tensor trained = model.Forward(new ModelInput(tensor(ids).unsqueeze(0)))[0];
        Close.AssertAll(trained, Served(ModelFolder.Open(_folder), null, ids), folder);
        GoldenCoverageCount();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_saved_adapter_is_served_with_the_same_scores(bool dora, bool bias)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        string adapter = Path.Combine(_folder, "adapter");
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Float32, Token));
        using LoraModel lora = LoraModel.Attach(model, new LoraSettings { R = 4, LoraAlpha = 12, UseDora = dora, LoraBias = bias, TaskType = "CAUSAL_LM" }, 3);
        using (no_grad())
        {
            foreach ((_, TorchSharp.Modules.Parameter parameter) in lora.NamedParameters())
            {
                parameter.add_(0.1 * rand(parameter.shape));
            }
        }

        Blocking.Wait(() => lora.SaveAsync(adapter, Token));
        long[] ids = [3, 9, 27, 1, 14, 5];
        Close.AssertAll(model.Forward(new ModelInput(tensor(ids).unsqueeze(0)))[0], Served(ModelFolder.Open(_folder), adapter, ids), "scores");
    }

    [Theory]
    [InlineData("all-minilm-l6-v2")]
    [InlineData("multilingual-e5-small-ko-en")]
    public void A_real_encoder_gives_the_vectors_of_the_engine(string name)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", name));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using SentenceEmbeddingModel model = AutoModelForSentenceEmbedding.FromFolder(folder, ScalarType.Float32);
        using SentenceEncoder encoder = SentenceEncoder.Load(folder, new SentenceEncoderOptions { Threads = 2 });
        Tokenizer tokenizer = Tokenizer.Load(folder.TokenizerPath!);
        string[] texts = ["The cat sat on the mat.", "서울은 대한민국의 수도이다.", "A"];
        long[][] rows = [.. texts.Select(text => tokenizer.Encode(text).Ids.ToArray().Select(id => (long)id).ToArray())];
        int longest = rows.Max(row => row.Length);
        Tensor ids = tensor(rows.SelectMany(row => row.Concat(Enumerable.Repeat(0L, longest - row.Length))).ToArray(), [rows.Length, longest]);
        Tensor mask = tensor(rows.SelectMany(row => Enumerable.Range(0, longest).Select(i => i < row.Length ? 1L : 0L)).ToArray(), [rows.Length, longest]);
        Embedding[] served = Blocking.Wait(() => encoder.EmbedAsync(texts, cancellationToken: Token));
        Tensor expected = tensor(served.SelectMany(vector => vector.Values).ToArray(), [rows.Length, served[0].Values.Length]);
        Close.AssertAll(expected, model.Forward(new ModelInput(ids, mask)), name, absolute: 1e-4);
    }

    private static void GoldenCoverageCount() => GoldenCoverage.Count("models (saved by torch, served by the engine)", false);

    // [tokens, vocab].
    private static Tensor Served(ModelFolder folder, string? adapterFolder, long[] ids)
    {
        LlamaConfig config = LlamaConfig.From(folder.Config);
        using ITensorFile weights = folder.OpenWeights();
        using LoraAdapter? adapter = adapterFolder is null ? null : LoraAdapter.Open(adapterFolder, config);
        using LlamaBackend engine = LlamaBackend.Load(config, weights, folder.Config.Path, new LlamaBackendOptions { Threads = 1, KvCacheBytes = 1 << 24 }, adapter);
        using KvBlockPool pool = new(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, ids.Length);
        using KvSequence sequence = pool.TryReserve(ids.Length)!;
        sequence.Extend(ids.Length);
        DecoderToken[] tokens = [.. ids.Select((id, i) => new DecoderToken((int)id, sequence, i, ids.Length))];
        NativeMatrix scores = engine.Decoder.Forward(tokens, [.. Enumerable.Range(0, ids.Length)]);
        return tensor(Enumerable.Range(0, ids.Length).SelectMany(i => scores.RowSpan(i).ToArray()).ToArray(), [ids.Length, config.VocabSize]);
    }
}
