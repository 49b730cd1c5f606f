using LlmPlatform.Hub;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Weights;

public sealed class SaveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void What_was_saved_is_read_bit_for_bit(ScalarType dtype)
    {
        using CausalLanguageModel model = TinyModels.NewLlama(dtype: dtype);
        Blocking.Wait(() => model.SaveAsync(_folder, dtype, Token));
        using CausalLanguageModel again = AutoModelForCausalLM.FromFolder(ModelFolder.Open(_folder), dtype);
        AssertSame(model, again);
        Assert.Equal(dtype == ScalarType.Float32 ? "float32" : "float64", ModelFolder.Open(_folder).Config.GetString("dtype"));
        Assert.Equal(ModelTask.TextGeneration, ModelFolder.Open(_folder).Task);
    }

    [Fact]
    public void Half_precision_is_saved_rounded_and_read_into_anything()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.BFloat16, Token));
        using CausalLanguageModel again = AutoModelForCausalLM.FromFolder(ModelFolder.Open(_folder), ScalarType.Float32);
        foreach (((string name, TorchSharp.Modules.Parameter left), (string _, TorchSharp.Modules.Parameter right)) in model.named_parameters().Zip(again.named_parameters()))
        {
            using DisposeScope scope = NewDisposeScope();
            Assert.True(left.to(ScalarType.BFloat16).to(ScalarType.Float32).eq(right).all().item<bool>(), name);
        }
    }

    [Fact]
    public void A_tied_output_is_not_written_and_a_body_is_read_into_a_model_with_a_new_head()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Float32, Token));
        using (SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors")))
        {
            Assert.DoesNotContain("lm_head.weight", file.Tensors.Keys);
            Assert.Equal("pt", file.Metadata["format"]);
        }

        ModelFolder folder = ModelFolder.Open(_folder);
        InvalidModelFileException error = Assert.Throws<InvalidModelFileException>(() => AutoModelForSequenceClassification.FromFolder(folder, ScalarType.Float32));
        Assert.Contains("score.weight", error.Message, StringComparison.Ordinal);
        using ClassificationModel scorer = AutoModelForSequenceClassification.FromFolder(folder, ScalarType.Float32, newHeadSeed: 3);
        Assert.True(model.Body.InputEmbedding.Weight.eq(scorer.Body.InputEmbedding.Weight).all().item<bool>());
    }

    [Fact]
    public void A_tensor_that_is_missing_or_of_another_shape_is_named()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Float32, Token));
        string config = Path.Combine(_folder, "config.json");
        string text = File.ReadAllText(config);
        File.WriteAllText(config, text.Replace("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", StringComparison.Ordinal));
        Assert.Contains("lm_head.weight", Read().Message, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace("\"vocab_size\": 40", "\"vocab_size\": 41", StringComparison.Ordinal));
        Assert.Contains("embed_tokens.weight", Read().Message, StringComparison.Ordinal);

        InvalidModelFileException Read() =>
            Assert.Throws<InvalidModelFileException>(() => AutoModelForCausalLM.FromFolder(ModelFolder.Open(_folder), ScalarType.Float32));
    }

    [Fact]
    public void Numbers_are_not_saved_as_whole_ones()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        Assert.Throws<ArgumentException>(() => Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Int64, Token)));
    }

    [Fact]
    public void A_sentence_encoder_is_saved_with_its_modules_and_reads_the_same()
    {
        string source = SharedData.Require("golden", "models", "st_cls_dense");
        using DisposeScope scope = NewDisposeScope();
        using SentenceEmbeddingModel model = AutoModelForSentenceEmbedding.FromFolder(ModelFolder.Open(source), ScalarType.Float32);
        Blocking.Wait(() => model.SaveAsync(_folder, ScalarType.Float32, Token));
        ModelFolder saved = ModelFolder.Open(_folder);
        using SentenceEmbeddingModel again = AutoModelForSentenceEmbedding.FromFolder(saved, ScalarType.Float32);
        ModelInput input = new(TinyModels.Ids(2, 7, 9, 3));
        Assert.True(model.Forward(input).eq(again.Forward(input)).all().item<bool>());
        Assert.NotNull(saved.TokenizerPath);
        Assert.Equal(model.Source!.SentenceTransformers!.PoolingModes, saved.SentenceTransformers!.PoolingModes);
    }

    private static void AssertSame(PreTrainedModel left, PreTrainedModel right)
    {
        Assert.Equal(left.named_parameters().Select(pair => pair.name), right.named_parameters().Select(pair => pair.name));
        foreach (((string name, TorchSharp.Modules.Parameter a), (string _, TorchSharp.Modules.Parameter b)) in left.named_parameters().Zip(right.named_parameters()))
        {
            Assert.True(a.eq(b).all().item<bool>(), name);
        }
    }
}
