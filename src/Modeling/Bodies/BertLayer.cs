using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Attention;
using LlmPlatform.Modeling.FeedForward;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>A layer of BERT: attention, then feed-forward, each with its sum and norm.</summary>
internal sealed class BertLayer : nn.Module
{
    [ComponentName(Name = "attention")]
    private readonly ResidualAttention _attention;

    [ComponentName(Name = "intermediate")]
    private readonly ActivatedDense _intermediate;

    [ComponentName(Name = "output")]
    private readonly ResidualDense _output;

    public BertLayer(BertConfig config, Func<Tensor, Tensor> activation, ScalarType dtype)
        : base(nameof(BertLayer))
    {
        _attention = new ResidualAttention(config, dtype);
        _intermediate = new ActivatedDense(config.HiddenSize, config.IntermediateSize, activation, dtype);
        _output = new ResidualDense(config.IntermediateSize, config.HiddenSize, config.LayerNormEps, dtype);
        RegisterComponents();
    }

    /// <summary>[batch, sequence, hidden] to the same, and the probabilities where asked for.</summary>
    public (Tensor Hidden, Tensor? Weights) Forward(Tensor hidden, AttentionMask mask, bool withWeights)
    {
        // What only this layer needs goes when it is done; what the way back needs is kept by the graph.
        using DisposeScope scope = NewDisposeScope();
        (Tensor attended, Tensor? weights) = _attention.Forward(hidden, mask, withWeights);
        Tensor output = _output.call(_intermediate.call(attended), attended);
        return (output.MoveToOuterDisposeScope(), weights?.MoveToOuterDisposeScope());
    }
}
