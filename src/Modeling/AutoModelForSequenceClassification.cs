using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Weights;

namespace LlmPlatform.Modeling;

/// <summary>Makes models that score the classes of a text, reward models among them.</summary>
public static class AutoModelForSequenceClassification
{
    /// <summary>Reads a model from its folder, quantised weights as the numbers they stand for. The caller disposes of it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dtype">How the numbers are kept.</param>
    /// <param name="newHeadSeed">Where the files have no head: makes a new one by chance; null: that is an error.</param>
    /// <exception cref="InvalidModelFileException">A file is wrong, or the kind of model is not known.</exception>
    public static ClassificationModel FromFolder(ModelFolder folder, ScalarType dtype, long? newHeadSeed = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return AutoModel.Read(folder, Create(folder.Config, dtype), newHeadSeed);
    }

    /// <summary>A new model with numbers by chance, as transformers initialises them; the same seed gives the same numbers.</summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the kind of model is not known.</exception>
    public static ClassificationModel FromConfig(ModelConfig config, long seed, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        return NewWeights.Fill(Create(config, dtype), seed);
    }

    private static ClassificationModel Create(ModelConfig config, ScalarType dtype) => config.GetString("model_type") switch
    {
        LlamaArchitecture.ModelType => new LlamaForSequenceClassification(config, dtype),
        BertArchitecture.ModelType => new BertForSequenceClassification(config, dtype),
        _ => throw config.Invalid("model_type", $"{LlamaArchitecture.ModelType} or {BertArchitecture.ModelType}"),
    };
}
