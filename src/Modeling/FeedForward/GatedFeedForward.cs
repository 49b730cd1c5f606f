using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.FeedForward;

/// <summary>down(act(gate(x)) * up(x)) (Shazeer 2020).</summary>
internal sealed class GatedFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")]
    private readonly LinearLayer _gate;

    [ComponentName(Name = "up_proj")]
    private readonly LinearLayer _up;

    [ComponentName(Name = "down_proj")]
    private readonly LinearLayer _down;

    private readonly Func<Tensor, Tensor> _activation;

    public GatedFeedForward(LlamaConfig config, Func<Tensor, Tensor> activation, ScalarType dtype)
        : base(nameof(GatedFeedForward))
    {
        _activation = activation;
        _gate = new LinearLayer(config.HiddenSize, config.IntermediateSize, config.MlpBias, dtype);
        _up = new LinearLayer(config.HiddenSize, config.IntermediateSize, config.MlpBias, dtype);
        _down = new LinearLayer(config.IntermediateSize, config.HiddenSize, config.MlpBias, dtype);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _down.call(_activation(_gate.call(input)) * _up.call(input));
}
