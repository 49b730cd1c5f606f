using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Normalization;
using TorchSharp;

namespace LlmPlatform.Modeling.Weights;

/// <summary>
/// Numbers by chance as transformers makes them: matrices and tables normal with <c>initializer_range</c>, the row that
/// fills and biases 0, norms 1.
/// </summary>
internal static class NewWeights
{
    /// <summary>Fills every parameter; disposes of the model where that fails.</summary>
    public static T Fill<T>(T model, long seed)
        where T : PreTrainedModel
    {
        try
        {
            using Generator generator = new((ulong)seed);
            foreach ((_, nn.Module module) in model.named_modules())
            {
                FillOwn(module, Deviation(model), generator);
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The standard deviation of new matrices.</summary>
    /// <exception cref="Hub.InvalidModelFileException"><c>initializer_range</c> is no number.</exception>
    public static double Deviation(PreTrainedModel model) => model.Config.FindDouble("initializer_range", 0.02)!.Value;

    /// <summary>Fills the parameters that a module has itself.</summary>
    public static void FillOwn(nn.Module module, double deviation, Generator generator)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        switch (module)
        {
            case LinearLayer { IsTied: false } linear:
                Normal(linear.Weight, deviation, generator);
                linear.Bias?.zero_();
                break;
            case EmbeddingLayer embedding:
                Normal(embedding.Weight, deviation, generator);
                if (embedding.PaddingIndex is long padding)
                {
                    embedding.Weight[padding].zero_();
                }

                break;
            case RmsNorm or LayerNorm:
                foreach ((string name, Parameter parameter) in module.named_parameters(recurse: false))
                {
                    parameter.fill_(name == "weight" ? 1 : 0);
                }

                break;
            case BertPredictions predictions:
                predictions.Bias.zero_();
                break;
        }
    }

    // The same numbers in every dtype, but for rounding.
    private static void Normal(Tensor target, double deviation, Generator generator) =>
        target.copy_(empty(target.shape, dtype: ScalarType.Float32).normal_(0, deviation, generator));
}
