using System.Text.Json.Nodes;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>The size of a llama model; names as in its config.json.</summary>
/// <param name="VocabSize">Rows of the embedding, which is the output matrix too.</param>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="IntermediateSize">Width of the feed-forward layer.</param>
/// <param name="NumHiddenLayers">Layers.</param>
/// <param name="NumAttentionHeads">Query heads.</param>
/// <param name="NumKeyValueHeads">Key and value heads.</param>
/// <param name="MaxPositionEmbeddings">Context length.</param>
internal sealed record LlamaShape(
    int VocabSize, int HiddenSize, int IntermediateSize, int NumHiddenLayers, int NumAttentionHeads, int NumKeyValueHeads, int MaxPositionEmbeddings)
{
    private const double Deviation = 0.02;

    /// <summary>Reads the shape from the numbers of a stage.</summary>
    /// <exception cref="RecipeException">A number is missing or out of range.</exception>
    public static LlamaShape From(StageRecipe stage)
    {
        int Read(string key, int most) => stage.Number(key) is var value && value >= 1 && value <= most
            ? (int)value
            : throw new RecipeException($"{stage.Name}.yaml: data.{key} is {value}, expected 1 to {most}");

        LlamaShape shape = new(
            Read("vocab_size", 1 << 18),
            Read("hidden_size", 1 << 14),
            Read("intermediate_size", 1 << 16),
            Read("num_hidden_layers", 256),
            Read("num_attention_heads", 256),
            Read("num_key_value_heads", 256),
            Read("max_position_embeddings", 1 << 20));
        return shape.HiddenSize % (2 * shape.NumAttentionHeads) == 0 && shape.NumAttentionHeads % shape.NumKeyValueHeads == 0
            ? shape
            : throw new RecipeException(
                $"{stage.Name}.yaml: data.num_attention_heads is {shape.NumAttentionHeads}, expected heads of an even width and a multiple of num_key_value_heads");
    }

    /// <summary>Every tensor: its name in Hugging Face's files, its shape [out, in], and its deviation; null for a norm of ones.</summary>
    public IEnumerable<(string Name, long[] Shape, double? Deviation)> Tensors()
    {
        long keys = (long)HiddenSize / NumAttentionHeads * NumKeyValueHeads;

        // What is added to the residual stream begins smaller, so that its sum does not grow with the layers (Radford et al. 2019).
        double added = Deviation / Math.Sqrt(2 * NumHiddenLayers);
        yield return ("model.embed_tokens.weight", [VocabSize, HiddenSize], Deviation);
        for (int layer = 0; layer < NumHiddenLayers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [HiddenSize], null);
            yield return (prefix + "self_attn.q_proj.weight", [HiddenSize, HiddenSize], Deviation);
            yield return (prefix + "self_attn.k_proj.weight", [keys, HiddenSize], Deviation);
            yield return (prefix + "self_attn.v_proj.weight", [keys, HiddenSize], Deviation);
            yield return (prefix + "self_attn.o_proj.weight", [HiddenSize, HiddenSize], added);
            yield return (prefix + "post_attention_layernorm.weight", [HiddenSize], null);
            yield return (prefix + "mlp.gate_proj.weight", [IntermediateSize, HiddenSize], Deviation);
            yield return (prefix + "mlp.up_proj.weight", [IntermediateSize, HiddenSize], Deviation);
            yield return (prefix + "mlp.down_proj.weight", [HiddenSize, IntermediateSize], added);
        }

        yield return ("model.norm.weight", [HiddenSize], null);
    }

    /// <summary>config.json.</summary>
    public JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = VocabSize,
        ["hidden_size"] = HiddenSize,
        ["intermediate_size"] = IntermediateSize,
        ["num_hidden_layers"] = NumHiddenLayers,
        ["num_attention_heads"] = NumAttentionHeads,
        ["num_key_value_heads"] = NumKeyValueHeads,
        ["max_position_embeddings"] = MaxPositionEmbeddings,
        ["hidden_act"] = "silu",
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = true,
        ["attention_bias"] = false,
        ["mlp_bias"] = false,
        ["initializer_range"] = Deviation,
        ["eos_token_id"] = ChatTokenizer.EndId,
        ["dtype"] = "float32",
    };
}
