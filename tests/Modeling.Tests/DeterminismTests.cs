using System.Text.Json.Nodes;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Lora;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests;

/// <summary>A job that is resumed must go on bit for bit: the same step gives the same numbers every time.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_gives_the_same_gradients_every_time(bool lora)
    {
        JsonObject json = JsonObject.Create(TinyModels.Llama().Json)!;
        (json["hidden_size"], json["intermediate_size"], json["vocab_size"], json["max_position_embeddings"]) = (96, 256, 1000, 128);
        using CausalLanguageModel model = AutoModelForCausalLM.FromConfig(ModelConfig.From("config.json", json), 1);
        using LoraModel? adapter = lora ? LoraModel.Attach(model, new LoraSettings { LoraDropout = 0.1 }, 2) : null;
        model.train();
        Parameter[] trained = [.. adapter?.NamedParameters().Select(pair => pair.Parameter) ?? model.parameters()];
        byte[][] first = Step();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(first, Step());
        }

        byte[][] Step()
        {
            using DisposeScope scope = NewDisposeScope();
            using Generator generator = new(3);
            adapter?.Generator.manual_seed(4);
            Tensor ids = randint(1, 1000, [4, 128], dtype: ScalarType.Int64, generator: generator);
            Tensor mask = ones_like(ids);
            mask[0, TensorIndex.Slice(100)] = 0;
            foreach (Parameter parameter in trained)
            {
                parameter.grad?.zero_();
            }

            Tensor logits = model.Forward(new ModelInput(ids, mask));
            nn.functional.cross_entropy(logits.flatten(0, 1), ids.flatten()).backward();
            return [.. trained.Select(parameter => parameter.grad!.bytes.ToArray())];
        }
    }
}
