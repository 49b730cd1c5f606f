using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Weights;

namespace LlmPlatform.Modeling;

/// <summary>Makes models that give a vector a text.</summary>
public static class AutoModelForSentenceEmbedding
{
    /// <summary>
    /// Reads a model from its folder with the pooling, dense layers and normalisation of its sentence-transformers files.
    /// The caller disposes of it.
    /// </summary>
    /// <exception cref="InvalidModelFileException">A file is wrong, or the kind of model is not known.</exception>
    public static SentenceEmbeddingModel FromFolder(ModelFolder folder, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(folder);
        SentenceEmbeddingModel model = new(folder.Config, folder.SentenceTransformers, folder.Path, dtype);
        AutoModel.Read(folder, model);
        try
        {
            foreach ((string below, SentenceDense dense) in model.DenseLayers)
            {
                using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder.Path, below, "model.safetensors"));
                foreach ((string name, Parameter parameter) in dense.named_parameters())
                {
                    TensorInfo info = file.Require(name, parameter.shape);
                    WeightReader.Fill(parameter, file, info);
                }
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A new model with numbers by chance that takes the mean of a text's tokens; the same seed gives the same numbers.
    /// </summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the kind of model is not known.</exception>
    public static SentenceEmbeddingModel FromConfig(ModelConfig config, long seed, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        return NewWeights.Fill(new SentenceEmbeddingModel(config, null, null, dtype), seed);
    }
}
