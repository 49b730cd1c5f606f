using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Attention;
using LlmPlatform.Modeling.FeedForward;
using LlmPlatform.Modeling.Normalization;
using LlmPlatform.Modeling.Positions;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>A layer of the llama family: norm and attention, norm and feed-forward, each added to the stream.</summary>
internal sealed class LlamaLayer : nn.Module
{
    [ComponentName(Name = "self_attn")]
    private readonly RotaryAttention _attention;

    [ComponentName(Name = "mlp")]
    private readonly GatedFeedForward _feedForward;

    [ComponentName(Name = "input_layernorm")]
    private readonly RmsNorm _attentionNorm;

    [ComponentName(Name = "post_attention_layernorm")]
    private readonly RmsNorm _feedForwardNorm;

    public LlamaLayer(LlamaConfig config, Func<Tensor, Tensor> activation, ScalarType dtype)
        : base(nameof(LlamaLayer))
    {
        _attention = new RotaryAttention(config, dtype);
        _feedForward = new GatedFeedForward(config, activation, dtype);
        _attentionNorm = new RmsNorm(config.HiddenSize, config.RmsNormEps, dtype);
        _feedForwardNorm = new RmsNorm(config.HiddenSize, config.RmsNormEps, dtype);
        RegisterComponents();
    }

    /// <summary>[batch, sequence, hidden] to the same, and the probabilities where asked for.</summary>
    public (Tensor Hidden, Tensor? Weights) Forward(Tensor hidden, RotaryTable rotary, AttentionMask mask, bool withWeights)
    {
        // What only this layer needs goes when it is done; what the way back needs is kept by the graph.
        using DisposeScope scope = NewDisposeScope();
        (Tensor attended, Tensor? weights) = _attention.Forward(_attentionNorm.call(hidden), rotary, mask, withWeights);
        Tensor middle = hidden + attended;
        Tensor output = middle + _feedForward.call(_feedForwardNorm.call(middle));
        return (output.MoveToOuterDisposeScope(), weights?.MoveToOuterDisposeScope());
    }
}
