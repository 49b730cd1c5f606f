using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>The module Dense of sentence-transformers: act(linear(x)) over the pooled vector.</summary>
internal sealed class SentenceDense : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "linear")]
    private readonly LinearLayer _linear;

    private readonly Func<Tensor, Tensor> _activation;

    /// <summary>A layer without numbers.</summary>
    /// <exception cref="InvalidModelFileException">The configuration is wrong, or the activation is not known.</exception>
    public SentenceDense(ModelConfig config, ScalarType dtype)
        : base(nameof(SentenceDense))
    {
        string name = config.FindString("activation_function", "torch.nn.modules.activation.Tanh")!;
        _activation = name[(name.LastIndexOf('.') + 1)..] switch
        {
            "Tanh" => tanh,
            "ReLU" => x => nn.functional.relu(x),
            "Sigmoid" => sigmoid,
            "Identity" => x => x,
            _ => throw config.Invalid("activation_function", "Tanh, Identity, ReLU or Sigmoid of torch.nn"),
        };
        _linear = new LinearLayer(config.GetInt32("in_features", 1, 1 << 20), config.GetInt32("out_features", 1, 1 << 20), config.GetBoolean("bias", true), dtype);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _activation(_linear.call(input));
}
