using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Layers;

public sealed class EmbeddingLayerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_row_that_fills_gets_a_gradient_from_a_tied_output_only(bool tied)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama(tied: tied);
        Tensor ids = TinyModels.Ids(3, 0, 5, 0);
        model.Forward(new ModelInput(ids)).sum().backward();
        Tensor gradient = model.Body.InputEmbedding.Weight.grad!;
        Assert.Equal(tied, gradient[0].ne(0).any().item<bool>());
        Assert.True(gradient[3].ne(0).any().item<bool>());
        Assert.Equal(tied, gradient[7].ne(0).any().item<bool>());
    }
}
