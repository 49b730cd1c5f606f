using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Adapters;

/// <summary>
/// A folder as PEFT saves a low-rank adapter: adapter_config.json and adapter_model.safetensors, checked against the base
/// it is for. A linear layer y = W x becomes y = W x + scale * B (A x).
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    private const string Prefix = "base_model.model.";

    private readonly SafetensorsFile _file;

    private LoraAdapter(LoraConfig config, SafetensorsFile file, IReadOnlyDictionary<string, LoraModule> modules) =>
        (Config, _file, Modules) = (config, file, modules);

    /// <summary>adapter_config.json.</summary>
    public LoraConfig Config { get; }

    /// <summary>The changed modules by their names in the base.</summary>
    public IReadOnlyDictionary<string, LoraModule> Modules { get; }

    /// <summary>The tensors.</summary>
    public ITensorFile Weights => _file;

    /// <summary>Whether a folder holds an adapter instead of a model.</summary>
    public static bool IsAdapter(string folder) => File.Exists(Path.Combine(folder, LoraConfig.FileName));

    /// <summary>Opens an adapter of a llama model. Every tensor must belong to a targeted module and have its shape, and none may be missing.</summary>
    /// <exception cref="InvalidModelFileException">A file is missing or damaged, asks for what is not supported, or does not fit the base.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static LoraAdapter Open(string folder, LlamaConfig baseConfig)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(baseConfig);
        ModelConfig json = ModelConfig.TryLoad(Path.Combine(folder, LoraConfig.FileName))
            ?? throw new InvalidModelFileException(folder, LoraConfig.FileName, null, "the file to be there");
        LoraConfig config = LoraConfig.From(json);
        string weights = Path.Combine(folder, LoraConfig.WeightsFileName);
        if (!File.Exists(weights))
        {
            throw new InvalidModelFileException(folder, LoraConfig.WeightsFileName, null, "the file to be there (pickled adapters are refused)");
        }

        SafetensorsFile file = SafetensorsFile.Open(weights);
        try
        {
            HashSet<string> used = new(StringComparer.Ordinal);
            Dictionary<string, LoraModule> modules = new(StringComparer.Ordinal);
            foreach (LlamaModule module in LlamaModules.Of(baseConfig))
            {
                if (config.Targets(module.Name))
                {
                    modules.Add(module.Name, Read(file, config, module, used));
                }
            }

            if (modules.Count == 0)
            {
                throw json.Invalid("target_modules", "names of modules that a llama model has (q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj ...)");
            }

            RequireNoOther(file, used);
            return new LoraAdapter(config, file, modules);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The matrices of a module as floats.</summary>
    /// <exception cref="InvalidModelFileException">A value is infinite or no number.</exception>
    public LoraMatrices Read(LoraModule module) => LoraMatrices.Read(_file, module);

    /// <summary>Closes the files.</summary>
    public void Dispose() => _file.Dispose();

    private static LoraModule Read(SafetensorsFile file, LoraConfig config, LlamaModule module, HashSet<string> used)
    {
        bool embedding = module.Name == LlamaModules.Embedding;
        if (config.UseDora && config.LoraBias)
        {
            throw new InvalidModelFileException(
                Path.Combine(Path.GetDirectoryName(file.Path)!, LoraConfig.FileName), "lora_bias", "true", "false together with use_dora: it is not supported");
        }

        if (embedding && (config.UseDora || config.LoraBias))
        {
            throw new InvalidModelFileException(
                Path.Combine(Path.GetDirectoryName(file.Path)!, LoraConfig.FileName), "target_modules", module.Name, "no embedding together with use_dora or lora_bias: it is not supported");
        }

        int rank = config.RankOf(module.Name);
        string name = Prefix + module.Name;
        (long inputs, long outputs) = embedding ? ((long)module.Rows, (long)module.Columns) : (module.Columns, module.Rows);
        return new LoraModule
        {
            Name = module.Name,
            Rows = module.Rows,
            Columns = module.Columns,
            Rank = rank,
            Scale = config.ScaleOf(module.Name),
            IsEmbedding = embedding,
            A = Take(embedding ? $"{name}.lora_embedding_A" : $"{name}.lora_A.weight", rank, inputs),
            B = Take(embedding ? $"{name}.lora_embedding_B" : $"{name}.lora_B.weight", outputs, rank),
            Bias = config.LoraBias ? Take($"{name}.lora_B.bias", module.Rows) : null,
            Magnitude = config.UseDora ? Take($"{name}.lora_magnitude_vector", module.Rows) : null,
            BaseWeight = file.Tensors.ContainsKey($"{name}.base_layer.weight") ? Take($"{name}.base_layer.weight", module.Rows, module.Columns) : null,
        };

        TensorInfo Take(string tensor, params ReadOnlySpan<long> shape)
        {
            used.Add(tensor);
            // Messages are cut: what differs between tensors is at their names' end.
            string shown = tensor[Prefix.Length..];
            if (!file.Tensors.TryGetValue(tensor, out TensorInfo? info))
            {
                throw new InvalidModelFileException(file.Path, shown, null, "the tensor to be there");
            }

            if (!info.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new InvalidModelFileException(file.Path, shown, $"shape {Shown.Shape(info.Shape)}", $"[{string.Join(", ", shape.ToArray())}]");
            }

            return info.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16
                ? info
                : throw new InvalidModelFileException(file.Path, shown, info.Type, "F32, F16 or BF16");
        }
    }

    private static void RequireNoOther(SafetensorsFile file, HashSet<string> used)
    {
        string? other = file.Tensors.Keys.Where(name => !used.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (other is not null)
        {
            string expected = other.EndsWith(".bias", StringComparison.Ordinal) && !other.Contains(".lora_", StringComparison.Ordinal)
                ? "no biases: those that were trained beside the adapter (bias = all or lora_only) are not supported"
                : $"only tensors of modules that the base has and {LoraConfig.FileName} targets";
            throw new InvalidModelFileException(file.Path, "tensor", other, expected);
        }
    }
}
