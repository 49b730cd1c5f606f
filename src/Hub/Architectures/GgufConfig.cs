using System.Text.Json.Nodes;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Architectures;

/// <summary>
/// Says what a GGUF file's metadata and tensors say, in the keys of config.json, so that there is one way to read a
/// configuration. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
public static class GgufConfig
{
    /// <summary>The configuration of a llama or bert file.</summary>
    /// <exception cref="InvalidModelFileException">Another architecture, or a key that is missing or wrong.</exception>
    public static ModelConfig Read(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        JsonObject json = file.Architecture switch
        {
            LlamaArchitecture.ModelType => Llama(file),
            BertArchitecture.ModelType => Bert(file),
            var other => throw new InvalidModelFileException(file.Path, "general.architecture", other, "llama or bert"),
        };
        return ModelConfig.From(file.Path, json);
    }

    private static JsonObject Llama(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        long hidden = metadata["llama.embedding_length"].AsInt64();
        long heads = PerLayer(metadata, "llama.attention.head_count") ?? metadata["llama.attention.head_count"].AsInt64();
        long? rotated = metadata.FindInt64("llama.rope.dimension_count");
        long? head = metadata.FindInt64("llama.attention.key_length") ?? rotated ?? (heads > 0 ? hidden / heads : null);
        if (metadata.FindInt64("llama.attention.value_length") is long valueLength && valueLength != head)
        {
            throw metadata["llama.attention.value_length"].Invalid(valueLength, $"the length of a key, {head}");
        }

        if (metadata.FindInt64("llama.expert_count") is > 0)
        {
            throw metadata["llama.expert_count"].Invalid(metadata.FindInt64("llama.expert_count")!, "0: mixtures of experts are not supported");
        }

        return new JsonObject
        {
            ["model_type"] = LlamaArchitecture.ModelType,
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["hidden_size"] = hidden,
            ["num_hidden_layers"] = metadata["llama.block_count"].AsInt64(),
            ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = PerLayer(metadata, "llama.attention.head_count_kv") ?? heads,
            ["head_dim"] = head,
            ["intermediate_size"] = PerLayer(metadata, "llama.feed_forward_length"),
            ["max_position_embeddings"] = metadata["llama.context_length"].AsInt64(),
            ["rms_norm_eps"] = metadata["llama.attention.layer_norm_rms_epsilon"].AsDouble(),
            ["hidden_act"] = "silu",
            ["vocab_size"] = Rows(file, "token_embd.weight"),
            ["attention_bias"] = file.Tensors.ContainsKey("blk.0.attn_q.bias"),
            ["mlp_bias"] = file.Tensors.ContainsKey("blk.0.ffn_up.bias"),
            ["tie_word_embeddings"] = !file.Tensors.ContainsKey("output.weight"),
            ["rope_parameters"] = Rope(file, rotated is long width && head is > 0 ? (double)width / head.Value : 1),
            ["bos_token_id"] = metadata.FindInt64("tokenizer.ggml.bos_token_id"),
            ["eos_token_id"] = metadata.FindInt64("tokenizer.ggml.eos_token_id"),
            ["pad_token_id"] = metadata.FindInt64("tokenizer.ggml.padding_token_id"),
        };
    }

    private static JsonObject Rope(GgufFile file, double rotatedShare)
    {
        GgufMetadata metadata = file.Metadata;
        JsonObject rope = new()
        {
            ["rope_type"] = "default",
            ["rope_theta"] = metadata.FindDouble("llama.rope.freq_base") ?? 10000,
            ["partial_rotary_factor"] = rotatedShare,
        };
        string type = metadata.FindString("llama.rope.scaling.type") ?? "none";
        double? factor = metadata.FindDouble("llama.rope.scaling.factor") ?? metadata.FindDouble("llama.rope.scale_linear");
        if (type == "none" && factor is > 1)
        {
            type = "linear";
        }

        if (type is not ("none" or "linear" or "yarn" or "longrope"))
        {
            throw metadata["llama.rope.scaling.type"].Invalid(type, "none, linear, yarn or longrope");
        }

        if (type != "none")
        {
            rope["rope_type"] = type;
            rope["factor"] = factor ?? 1;
            rope["original_max_position_embeddings"] = metadata.FindInt64("llama.rope.scaling.original_context_length");
            rope["attention_factor"] = metadata.FindDouble("llama.rope.scaling.attn_factor");
        }

        if (type == "longrope")
        {
            rope["short_factor"] = Factors(file, "rope_factors_short.weight");
            rope["long_factor"] = Factors(file, "rope_factors_long.weight");
        }
        else if (type == "none" && file.Tensors.ContainsKey("rope_freqs.weight"))
        {
            // Llama 3.1's scaling comes as the divisors it works out to; that is longrope with the same divisors for
            // every length and without an attention factor.
            rope["rope_type"] = "longrope";
            rope["factor"] = 1;
            rope["attention_factor"] = 1;
            rope["original_max_position_embeddings"] = metadata.FindInt64("llama.context_length");
            rope["short_factor"] = Factors(file, "rope_freqs.weight");
            rope["long_factor"] = Factors(file, "rope_freqs.weight");
        }

        return rope;
    }

    private static JsonArray Factors(GgufFile file, string name)
    {
        TensorInfo tensor = file.Require(name);
        return tensor.ElementCount <= Limits.Width
            ? [.. file.ReadFloats(name).Select(factor => (JsonNode)(double)factor)]
            : throw new InvalidModelFileException(file.Path, $"tensor {name}", $"{tensor.ElementCount} values", "one for each pair of a head");
    }

    private static JsonObject Bert(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        return new JsonObject
        {
            ["model_type"] = BertArchitecture.ModelType,
            ["architectures"] = new JsonArray("BertModel"),
            ["hidden_size"] = metadata["bert.embedding_length"].AsInt64(),
            ["num_hidden_layers"] = metadata["bert.block_count"].AsInt64(),
            ["num_attention_heads"] = metadata["bert.attention.head_count"].AsInt64(),
            ["intermediate_size"] = metadata["bert.feed_forward_length"].AsInt64(),
            ["max_position_embeddings"] = Rows(file, "position_embd.weight"),
            ["layer_norm_eps"] = metadata["bert.attention.layer_norm_epsilon"].AsDouble(),
            ["hidden_act"] = "gelu",
            ["type_vocab_size"] = Rows(file, "token_types.weight"),
            ["vocab_size"] = Rows(file, "token_embd.weight"),
            ["is_decoder"] = metadata.FindBoolean("bert.attention.causal") ?? false,
            ["pad_token_id"] = metadata.FindInt64("tokenizer.ggml.padding_token_id"),
        };
    }

    private static long Rows(GgufFile file, string name)
    {
        TensorInfo tensor = file.Require(name);
        return tensor.Shape.Length == 2
            ? tensor.Shape[0]
            : throw new InvalidModelFileException(file.Path, $"tensor {name}: shape", Shown.Shape(tensor.Shape), "two dimensions");
    }

    /// <summary>A number that may stand once for each layer, if it is the same in all; null where the key is missing.</summary>
    private static long? PerLayer(GgufMetadata metadata, string key)
    {
        if (!metadata.TryGetValue(key, out GgufValue? value))
        {
            return null;
        }

        if (value.Type != GgufValueType.Array)
        {
            return value.AsInt64();
        }

        if (value.Count is 0 or > Limits.Layers)
        {
            throw value.Invalid($"{value.Count} values", "one for each layer");
        }

        double[] layers = value.AsDoubles();
        return layers.All(layer => layer == layers[0])
            ? (long)layers[0]
            : throw value.Invalid("an array of different values", "the same value in each layer");
    }
}
