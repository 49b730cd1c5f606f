using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Weights;
using TorchSharp;

namespace LlmPlatform.Modeling;

/// <summary>
/// A network with numbers: a body and a head. Parameters are named as in Hugging Face's files
/// (<c>model.layers.0.self_attn.q_proj.weight</c>). There is no dropout in the networks.
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

    /// <summary>How the numbers are kept.</summary>
    public ScalarType Dtype => Body.InputEmbedding.Weight.dtype;

    /// <summary>The folder that the model was read from; null for one made of its configuration.</summary>
    public ModelFolder? Source { get; internal set; }

    /// <summary>The name under which the body lies in the files of a model with a head (<c>model</c>, <c>bert</c>).</summary>
    internal abstract string BodyPrefix { get; }

    /// <summary>The layer that gives the scores, which <c>all-linear</c> leaves out; null for a body alone.</summary>
    internal abstract LinearLayer? OutputLayer { get; }

    /// <summary>
    /// Writes model.safetensors, config.json and, from <see cref="Source"/>, the tokenizer's files and their like, as
    /// transformers reads them. An adapter is not written: merge it first.
    /// </summary>
    /// <param name="folder">Made where it is not there; files of the same names are replaced.</param>
    /// <param name="dtype">float32, float64, float16 or bfloat16.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="ArgumentException">Another dtype.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public Task SaveAsync(string folder, ScalarType dtype, CancellationToken cancellationToken = default) =>
        ModelWriter.WriteAsync(this, folder, dtype, cancellationToken);

    /// <summary>Another name for a parameter in files of old versions; null for none.</summary>
    internal virtual string? OtherName(string name) => null;
}
