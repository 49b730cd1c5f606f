using System.Numerics.Tensors;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Inference.Encoders;

/// <summary>The module Dense of sentence-transformers: activation(w x + bias) over the pooled vector.</summary>
internal sealed class DenseModule
{
    private readonly float[] _weights;
    private readonly float[]? _bias;
    private readonly string _activation;

    /// <param name="folder">The module's folder: config.json and model.safetensors.</param>
    /// <exception cref="InvalidModelFileException">A file is missing or damaged, or the activation is not known.</exception>
    public DenseModule(string folder)
    {
        ModelConfig config = ModelConfig.Load(Path.Combine(folder, "config.json"));
        InputSize = config.GetInt32("in_features", 1);
        OutputSize = config.GetInt32("out_features", 1);
        string name = config.FindString("activation_function", "torch.nn.modules.activation.Tanh")!;
        _activation = name[(name.LastIndexOf('.') + 1)..];
        if (_activation is not ("Tanh" or "Identity" or "ReLU" or "Sigmoid"))
        {
            throw config.Invalid("activation_function", "Tanh, Identity, ReLU or Sigmoid of torch.nn");
        }

        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        _weights = file.ReadFloats("linear.weight", OutputSize, InputSize);
        _bias = config.GetBoolean("bias", true) ? file.ReadFloats("linear.bias", OutputSize) : null;
    }

    /// <summary>Dimensions that it takes.</summary>
    public int InputSize { get; }

    /// <summary>Dimensions that it gives.</summary>
    public int OutputSize { get; }

    public float[] Apply(ReadOnlySpan<float> vector)
    {
        float[] result = new float[OutputSize];
        for (int row = 0; row < OutputSize; row++)
        {
            float sum = TensorPrimitives.Dot(_weights.AsSpan(row * InputSize, InputSize), vector) + (_bias?[row] ?? 0);
            result[row] = _activation switch
            {
                "Tanh" => MathF.Tanh(sum),
                "ReLU" => MathF.Max(sum, 0),
                "Sigmoid" => 1 / (1 + MathF.Exp(-sum)),
                _ => sum,
            };
        }

        return result;
    }
}
