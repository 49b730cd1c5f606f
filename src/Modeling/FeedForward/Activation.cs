namespace LlmPlatform.Modeling.FeedForward;

/// <summary>Activations by their names in transformers (<c>hidden_act</c>).</summary>
internal static class Activation
{
    /// <summary>The function; null for a name that is not known.</summary>
    public static Func<Tensor, Tensor>? Find(string name) => name switch
    {
        "gelu" or "gelu_python" => x => nn.functional.gelu(x),
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" or "gelu_accurate" => GeluTanh,
        "relu" => x => nn.functional.relu(x),
        "silu" or "swish" => x => nn.functional.silu(x),
        "sigmoid" => sigmoid,
        "tanh" => tanh,
        _ => null,
    };

    // 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
    private static Tensor GeluTanh(Tensor x) => 0.5 * x * (1 + tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x.pow(3)))));
}
