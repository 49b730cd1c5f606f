using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Weights;

namespace LlmPlatform.Modeling;

/// <summary>Makes models that score the next word.</summary>
public static class AutoModelForCausalLM
{
    /// <summary>Reads a model from its folder, quantised weights as the numbers they stand for. The caller disposes of it.</summary>
    /// <exception cref="InvalidModelFileException">A file is wrong, or the kind of model is not known.</exception>
    public static CausalLanguageModel FromFolder(ModelFolder folder, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return AutoModel.Read(folder, Create(folder.Config, dtype));
    }

    /// <summary>A new model with numbers by chance, as transformers initialises them; the same seed gives the same numbers.</summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the kind of model is not known.</exception>
    public static CausalLanguageModel FromConfig(ModelConfig config, long seed, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        return NewWeights.Fill(Create(config, dtype), seed);
    }

    private static LlamaForCausalLM Create(ModelConfig config, ScalarType dtype) => config.GetString("model_type") switch
    {
        LlamaArchitecture.ModelType => new LlamaForCausalLM(config, dtype),
        _ => throw config.Invalid("model_type", LlamaArchitecture.ModelType),
    };
}
