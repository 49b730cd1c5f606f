using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using TorchSharp;

namespace LlmPlatform.Modeling;

/// <summary>
/// A network with numbers: a body and a head. Parameters are named as in Hugging Face's files
/// (<c>model.layers.0.self_attn.q_proj.weight</c>).
/// </summary>
public abstract class PreTrainedModel : nn.Module
{
    private protected PreTrainedModel(string name, ModelConfig config)
        : base(name) => Config = config;

    /// <summary>config.json.</summary>
    public ModelConfig Config { get; }

    /// <summary>The network below the head.</summary>
    public abstract ModelBody Body { get; }

    /// <summary>The name of the class in transformers, for <c>architectures</c> in config.json.</summary>
    public abstract string Architecture { get; }

    /// <summary>
    /// The name under which the body lies in the files of a model with a head (<c>model</c>, <c>bert</c>).
    /// </summary>
    internal abstract string BodyPrefix { get; }

    /// <summary>How the numbers are kept.</summary>
    public ScalarType Dtype => Body.InputEmbedding.Weight.dtype;
}
