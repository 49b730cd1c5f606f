using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Positions;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Attention;

/// <summary>Attention of the llama family: grouped heads, rotated queries and keys.</summary>
internal sealed class RotaryAttention : nn.Module
{
    [ComponentName(Name = "q_proj")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "k_proj")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "v_proj")]
    private readonly LinearLayer _value;

    [ComponentName(Name = "o_proj")]
    private readonly LinearLayer _output;

    private readonly LlamaConfig _config;

    public RotaryAttention(LlamaConfig config, ScalarType dtype)
        : base(nameof(RotaryAttention))
    {
        _config = config;
        long queryWidth = (long)config.NumAttentionHeads * config.HeadDim;
        long keyWidth = (long)config.NumKeyValueHeads * config.HeadDim;
        _query = new LinearLayer(config.HiddenSize, queryWidth, config.AttentionBias, dtype);
        _key = new LinearLayer(config.HiddenSize, keyWidth, config.AttentionBias, dtype);
        _value = new LinearLayer(config.HiddenSize, keyWidth, config.AttentionBias, dtype);
        _output = new LinearLayer(queryWidth, config.HiddenSize, config.AttentionBias, dtype);
        RegisterComponents();
    }

    /// <summary>[batch, sequence, hidden] to the same, and the probabilities where asked for.</summary>
    public (Tensor Output, Tensor? Weights) Forward(Tensor hidden, RotaryTable rotary, AttentionMask mask, bool withWeights)
    {
        Tensor query = rotary.Rotate(Heads(_query.call(hidden), _config.NumAttentionHeads));
        Tensor key = rotary.Rotate(Heads(_key.call(hidden), _config.NumKeyValueHeads));
        Tensor value = Heads(_value.call(hidden), _config.NumKeyValueHeads);
        (Tensor output, Tensor? weights) = AttentionCore.Attend(query, key, value, mask, withWeights);
        return (_output.call(output), weights);
    }

    private Tensor Heads(Tensor states, long heads) =>
        states.view(states.shape[0], states.shape[1], heads, _config.HeadDim).transpose(1, 2);
}
