using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Weights;

namespace LlmPlatform.Modeling;

/// <summary>Makes models with the head that config.json names (<c>architectures</c>).</summary>
public static class AutoModel
{
    /// <summary>Reads a model from its folder, quantised weights as the numbers they stand for. The caller disposes of it.</summary>
    /// <exception cref="InvalidModelFileException">A file is wrong, or the kind of model is not known.</exception>
    public static PreTrainedModel FromFolder(ModelFolder folder, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Read(folder, Create(folder.Config, dtype));
    }

    /// <summary>A new model with numbers by chance, as transformers initialises them; the same seed gives the same numbers.</summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the kind of model is not known.</exception>
    public static PreTrainedModel FromConfig(ModelConfig config, long seed, ScalarType dtype = ScalarType.Float32) =>
        NewWeights.Fill(Create(config, dtype), seed);

    /// <summary>Fills a model from the files it was made for; disposes of it where that fails.</summary>
    internal static T Read<T>(ModelFolder folder, T model, long? newHeadSeed = null)
        where T : PreTrainedModel
    {
        try
        {
            using ITensorFile weights = folder.OpenWeights();
            WeightReader.Fill(model, weights, newHeadSeed);
            model.Source = folder;
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static PreTrainedModel Create(ModelConfig config, ScalarType dtype)
    {
        ArgumentNullException.ThrowIfNull(config);
        string architecture = config.FindStrings("architectures").FirstOrDefault()
            ?? (config.GetString("model_type") == LlamaArchitecture.ModelType ? nameof(LlamaForCausalLM) : "BertModel");
        return architecture switch
        {
            nameof(LlamaForCausalLM) => new LlamaForCausalLM(config, dtype),
            nameof(LlamaForSequenceClassification) => new LlamaForSequenceClassification(config, dtype),
            "BertModel" => new EncoderModel(config, dtype),
            nameof(BertForMaskedLM) => new BertForMaskedLM(config, relationship: false, dtype),
            BertForMaskedLM.WithRelationship => new BertForMaskedLM(config, relationship: true, dtype),
            nameof(BertForNextSentencePrediction) => new BertForNextSentencePrediction(config, dtype),
            nameof(BertForSequenceClassification) => new BertForSequenceClassification(config, dtype),
            nameof(BertForTokenClassification) => new BertForTokenClassification(config, dtype),
            nameof(BertForMultipleChoice) => new BertForMultipleChoice(config, dtype),
            nameof(BertForQuestionAnswering) => new BertForQuestionAnswering(config, dtype),
            _ => throw config.Invalid("architectures", "a llama or bert model whose head is known"),
        };
    }
}
