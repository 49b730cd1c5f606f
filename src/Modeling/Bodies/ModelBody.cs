using TorchSharp;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>A network up to its last hidden states; what is on top of it is a head.</summary>
public abstract class ModelBody : nn.Module
{
    private protected ModelBody(string name)
        : base(name)
    {
    }

    /// <summary>Width of the hidden states.</summary>
    public abstract int HiddenSize { get; }

    /// <summary>The table of token ids [vocab, hidden].</summary>
    public abstract Layers.EmbeddingLayer InputEmbedding { get; }

    /// <summary>Runs the network; results belong to the dispose scope of the caller.</summary>
    /// <param name="input">What to read.</param>
    /// <param name="outputHiddenStates">Keep the hidden states of every layer.</param>
    /// <param name="outputAttentions">Keep the attention probabilities of every layer; slower.</param>
    public abstract ModelOutput Forward(ModelInput input, bool outputHiddenStates = false, bool outputAttentions = false);
}
