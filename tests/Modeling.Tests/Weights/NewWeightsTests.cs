using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Weights;

public sealed class NewWeightsTests
{
    [Fact]
    public void A_seed_gives_the_same_numbers_and_leaves_the_global_generator_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] before = Generator.Default.get_state().bytes.ToArray();
        using CausalLanguageModel model = TinyModels.NewLlama(seed: 5);
        using CausalLanguageModel same = TinyModels.NewLlama(seed: 5);
        using CausalLanguageModel other = TinyModels.NewLlama(seed: 6);
        Assert.Equal(before, Generator.Default.get_state().bytes.ToArray());
        foreach (((string name, TorchSharp.Modules.Parameter left), (string _, TorchSharp.Modules.Parameter right)) in model.named_parameters().Zip(same.named_parameters()))
        {
            Assert.True(left.eq(right).all().item<bool>(), name);
        }

        Assert.True(TinyModels.LargestDifference(model.Body.InputEmbedding.Weight, other.Body.InputEmbedding.Weight) > 0.1);
    }

    [Fact]
    public void Matrices_have_the_configured_spread_and_norms_are_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using MaskedLanguageModel model = AutoModelForMaskedLM.FromConfig(TinyModels.Bert(), 3);
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        Assert.InRange(parameters["bert.encoder.layer.0.intermediate.dense.weight"].std().item<float>(), 0.25, 0.35);
        Assert.Equal(0, parameters["bert.encoder.layer.0.intermediate.dense.bias"].abs().max().item<float>());
        Assert.Equal(0, parameters["cls.predictions.bias"].abs().max().item<float>());
        Assert.Equal(0, parameters["bert.embeddings.word_embeddings.weight"][0].abs().max().item<float>());
        Assert.True(parameters["bert.embeddings.LayerNorm.weight"].eq(1).all().item<bool>());
    }

    [Theory]
    [InlineData("LlamaForCausalLM", "model.embed_tokens.weight model.layers.0.self_attn.q_proj.weight model.norm.weight lm_head.weight")]
    [InlineData("LlamaForSequenceClassification", "score.weight")]
    public void Parameters_have_the_names_of_the_files(string architecture, string names)
    {
        using PreTrainedModel model = AutoModel.FromConfig(TinyModels.Llama(tied: false, architecture), 1);
        Assert.Empty(names.Split(' ').Except(model.named_parameters().Select(pair => pair.name)));
        Assert.Equal(architecture, model.Architecture);
    }

    [Fact]
    public void An_unknown_architecture_is_told()
    {
        LlmPlatform.Hub.InvalidModelFileException error = Assert.Throws<LlmPlatform.Hub.InvalidModelFileException>(
            () => AutoModel.FromConfig(TinyModels.Llama(architecture: "LlamaForSomething"), 1));
        Assert.Contains("architectures", error.Message, StringComparison.Ordinal);
    }
}
