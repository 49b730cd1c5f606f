using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Weights;

namespace LlmPlatform.Modeling;

/// <summary>Makes models that score the words at masked places.</summary>
public static class AutoModelForMaskedLM
{
    /// <summary>Reads a model from its folder, quantised weights as the numbers they stand for. The caller disposes of it.</summary>
    /// <exception cref="InvalidModelFileException">A file is wrong, or the kind of model is not known.</exception>
    public static MaskedLanguageModel FromFolder(ModelFolder folder, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return AutoModel.Read(folder, Create(folder.Config, dtype));
    }

    /// <summary>A new model with numbers by chance, as transformers initialises them; the same seed gives the same numbers.</summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the kind of model is not known.</exception>
    public static MaskedLanguageModel FromConfig(ModelConfig config, long seed, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        return NewWeights.Fill(Create(config, dtype), seed);
    }

    private static BertForMaskedLM Create(ModelConfig config, ScalarType dtype) => config.GetString("model_type") switch
    {
        BertArchitecture.ModelType => new BertForMaskedLM(
            config, config.FindStrings("architectures").Contains(BertForMaskedLM.WithRelationship), dtype),
        _ => throw config.Invalid("model_type", BertArchitecture.ModelType),
    };
}
