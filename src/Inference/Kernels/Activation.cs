using LlmPlatform.Hub;

namespace LlmPlatform.Inference.Kernels;

/// <summary>The functions between two linear layers.</summary>
internal enum Activation
{
    /// <summary>x * sigmoid(x).</summary>
    Silu,

    /// <summary>x * (1 + erf(x / sqrt 2)) / 2.</summary>
    Gelu,

    /// <summary>The tanh form of GELU.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x * sigmoid(1.702 x).</summary>
    QuickGelu,
}

/// <summary>Names of activations in config.json.</summary>
internal static class Activations
{
    /// <summary>The activation that <c>hidden_act</c> names.</summary>
    /// <exception cref="InvalidModelFileException">Another name.</exception>
    public static Activation Parse(string name, string configPath) => name switch
    {
        "silu" or "swish" => Activation.Silu,
        "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        "quick_gelu" => Activation.QuickGelu,
        _ => throw new InvalidModelFileException(
            configPath, "hidden_act", name, "silu, swish, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu or quick_gelu"),
    };
}
