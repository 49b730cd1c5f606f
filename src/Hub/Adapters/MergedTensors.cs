using System.Buffers.Binary;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Adapters;

/// <summary>
/// The tensors of a llama model with an adapter worked into them, by Hugging Face's names, made row by row while they are
/// written: W + scale * B A in float32, rounded once.
/// </summary>
internal sealed class MergedTensors(LlamaConfig config, ITensorFile weights, LoraAdapter adapter, TensorType type)
{
    private const int ChunkValues = 1 << 20;

    private readonly LlamaArchitecture _names = LlamaArchitecture.Of(weights);

    /// <summary>Whether the output matrix is a matrix of its own in the result: one that was tied is not, once an adapter changed either.</summary>
    public bool HasOwnHead { get; } =
        !config.TieWordEmbeddings || adapter.Modules.ContainsKey(LlamaModules.Embedding) || adapter.Modules.ContainsKey(LlamaModules.OutputHead);

    /// <exception cref="InvalidModelFileException">The base is damaged, or the adapter adds biases to layers that have none.</exception>
    public IEnumerable<SafetensorsSource> List()
    {
        _names.Check(config, weights);
        foreach (LlamaModule module in LlamaModules.Of(config))
        {
            if (module.Name == LlamaModules.OutputHead && !HasOwnHead)
            {
                continue;
            }

            LoraModule? change = adapter.Modules.GetValueOrDefault(module.Name);
            yield return Weight(module, change);
            if (module.HasBias)
            {
                yield return Bias(module, change);
            }
            else if (change?.Bias is { } bias)
            {
                throw new InvalidModelFileException(adapter.Weights.Path, $"tensor {bias.Name}", null, "no bias: the base has none that it could be worked into");
            }
        }

        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            yield return Copy(_names.InputNorm(layer), LlamaModules.Layer(layer, "input_layernorm.weight"));
            yield return Copy(_names.PostAttentionNorm(layer), LlamaModules.Layer(layer, "post_attention_layernorm.weight"));
        }

        yield return Copy(_names.FinalNorm, "model.norm.weight");
    }

    private SafetensorsSource Weight(LlamaModule module, LoraModule? change)
    {
        bool tiedHead = module.Name == LlamaModules.OutputHead && config.TieWordEmbeddings;
        (ITensorFile file, TensorInfo info) = change?.BaseWeight is { } own
            ? (adapter.Weights, own)
            // A tied output matrix is the embedding, also where the adapter brings the embedding along.
            : tiedHead && adapter.Modules.GetValueOrDefault(LlamaModules.Embedding)?.BaseWeight is { } embedding
                ? (adapter.Weights, embedding)
                : (weights, weights.Require(tiedHead ? _names.Embedding : NameInFile(module.Name) + ".weight", module.Rows, module.Columns));
        return new SafetensorsSource(module.Name + ".weight", type, [module.Rows, module.Columns], async (stream, cancellationToken) =>
        {
            LoraMatrices? matrices = change is null ? null : adapter.Read(change);
            int step = Math.Max(1, ChunkValues / module.Columns);
            for (int row = 0; row < module.Rows; row += step)
            {
                int count = Math.Min(step, module.Rows - row);
                float[] values = new float[count * module.Columns];
                file.ReadRows(info, row, count, values);
                for (int i = 0; matrices is not null && i < count; i++)
                {
                    matrices.MergeRow(row + i, values.AsSpan(i * module.Columns, module.Columns));
                }

                await stream.WriteAsync(ToBytes(module.Name, values), cancellationToken);
            }
        });
    }

    private SafetensorsSource Bias(LlamaModule module, LoraModule? change)
    {
        TensorInfo info = weights.Require(NameInFile(module.Name) + ".bias", module.Rows);
        return new SafetensorsSource(module.Name + ".bias", type, [module.Rows], async (stream, cancellationToken) =>
        {
            float[] values = new float[module.Rows];
            weights.ReadFloats(info, values);
            if (change?.Bias is not null)
            {
                ReadOnlyMemory<float> added = adapter.Read(change).Bias;
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] += change.Scale * added.Span[i];
                }
            }

            await stream.WriteAsync(ToBytes(module.Name, values), cancellationToken);
        });
    }

    private SafetensorsSource Copy(string nameInFile, string name)
    {
        TensorInfo info = weights.Require(nameInFile, config.HiddenSize);
        return new SafetensorsSource(name, type, [config.HiddenSize], async (stream, cancellationToken) =>
        {
            float[] values = new float[config.HiddenSize];
            weights.ReadFloats(info, values);
            await stream.WriteAsync(ToBytes(name, values), cancellationToken);
        });
    }

    // model.layers... in transformers, perhaps another beginning in the file; the output matrix has none.
    private string NameInFile(string module) =>
        module == LlamaModules.OutputHead ? module
        : string.Concat(_names.Embedding.AsSpan(0, _names.Embedding.Length - "embed_tokens.weight".Length), module.AsSpan("model.".Length));

    private byte[] ToBytes(string name, float[] values)
    {
        byte[] bytes = new byte[TensorTypes.ByteLength(type, values.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            switch (type)
            {
                case TensorType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
                    break;
                case TensorType.BF16:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), ToBFloat16(values[i]));
                    break;
                default:
                    Half half = (Half)values[i];
                    if (Half.IsInfinity(half) && float.IsFinite(values[i]))
                    {
                        throw new InvalidModelFileException(weights.Path, $"tensor {name}", values[i], "values that float16 can hold (at most 65504)");
                    }

                    BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), half);
                    break;
            }
        }

        return bytes;
    }

    // To the nearest, ties to even; NaN stays NaN.
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
