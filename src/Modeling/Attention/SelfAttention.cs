using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Attention;

/// <summary>Attention of BERT up to the joined heads: no rotation, biases everywhere.</summary>
internal sealed class SelfAttention : nn.Module
{
    [ComponentName(Name = "query")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "key")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "value")]
    private readonly LinearLayer _value;

    private readonly BertConfig _config;

    public SelfAttention(BertConfig config, ScalarType dtype)
        : base(nameof(SelfAttention))
    {
        _config = config;
        _query = new LinearLayer(config.HiddenSize, config.HiddenSize, bias: true, dtype);
        _key = new LinearLayer(config.HiddenSize, config.HiddenSize, bias: true, dtype);
        _value = new LinearLayer(config.HiddenSize, config.HiddenSize, bias: true, dtype);
        RegisterComponents();
    }

    /// <summary>[batch, sequence, hidden] to the same, and the probabilities where asked for.</summary>
    public (Tensor Output, Tensor? Weights) Forward(Tensor hidden, AttentionMask mask, bool withWeights) =>
        AttentionCore.Attend(Heads(_query.call(hidden)), Heads(_key.call(hidden)), Heads(_value.call(hidden)), mask, withWeights);

    private Tensor Heads(Tensor states) =>
        states.view(states.shape[0], states.shape[1], _config.NumAttentionHeads, _config.HeadDim).transpose(1, 2);
}
