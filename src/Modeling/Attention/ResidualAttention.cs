using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.FeedForward;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Attention;

/// <summary>norm(dense(attention(x)) + x).</summary>
internal sealed class ResidualAttention : nn.Module
{
    [ComponentName(Name = "self")]
    private readonly SelfAttention _attention;

    [ComponentName(Name = "output")]
    private readonly ResidualDense _output;

    public ResidualAttention(BertConfig config, ScalarType dtype)
        : base(nameof(ResidualAttention))
    {
        _attention = new SelfAttention(config, dtype);
        _output = new ResidualDense(config.HiddenSize, config.HiddenSize, config.LayerNormEps, dtype);
        RegisterComponents();
    }

    /// <summary>[batch, sequence, hidden] to the same, and the probabilities where asked for.</summary>
    public (Tensor Output, Tensor? Weights) Forward(Tensor hidden, AttentionMask mask, bool withWeights)
    {
        (Tensor attended, Tensor? weights) = _attention.Forward(hidden, mask, withWeights);
        return (_output.call(attended, hidden), weights);
    }
}
