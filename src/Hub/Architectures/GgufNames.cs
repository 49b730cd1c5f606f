using System.Collections.Frozen;
using System.Globalization;

namespace LlmPlatform.Hub.Architectures;

/// <summary>llama.cpp's names of tensors and Hugging Face's (gguf-py: <c>tensor_mapping.py</c>).</summary>
internal static class GgufNames
{
    private static readonly FrozenDictionary<string, string> Llama = new Dictionary<string, string>
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["blk.{0}.attn_norm"] = "model.layers.{0}.input_layernorm",
        ["blk.{0}.ffn_norm"] = "model.layers.{0}.post_attention_layernorm",
        ["blk.{0}.attn_q"] = "model.layers.{0}.self_attn.q_proj",
        ["blk.{0}.attn_k"] = "model.layers.{0}.self_attn.k_proj",
        ["blk.{0}.attn_v"] = "model.layers.{0}.self_attn.v_proj",
        ["blk.{0}.attn_output"] = "model.layers.{0}.self_attn.o_proj",
        ["blk.{0}.ffn_gate"] = "model.layers.{0}.mlp.gate_proj",
        ["blk.{0}.ffn_up"] = "model.layers.{0}.mlp.up_proj",
        ["blk.{0}.ffn_down"] = "model.layers.{0}.mlp.down_proj",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Bert = new Dictionary<string, string>
    {
        ["token_embd"] = "embeddings.word_embeddings",
        ["position_embd"] = "embeddings.position_embeddings",
        ["token_types"] = "embeddings.token_type_embeddings",
        ["token_embd_norm"] = "embeddings.LayerNorm",
        ["blk.{0}.attn_q"] = "encoder.layer.{0}.attention.self.query",
        ["blk.{0}.attn_k"] = "encoder.layer.{0}.attention.self.key",
        ["blk.{0}.attn_v"] = "encoder.layer.{0}.attention.self.value",
        ["blk.{0}.attn_output"] = "encoder.layer.{0}.attention.output.dense",
        ["blk.{0}.attn_output_norm"] = "encoder.layer.{0}.attention.output.LayerNorm",
        ["blk.{0}.ffn_up"] = "encoder.layer.{0}.intermediate.dense",
        ["blk.{0}.ffn_down"] = "encoder.layer.{0}.output.dense",
        ["blk.{0}.layer_output_norm"] = "encoder.layer.{0}.output.LayerNorm",
    }.ToFrozenDictionary();

    // Read with the configuration, or implied by it.
    private static readonly FrozenSet<string> NotWeights =
        FrozenSet.Create("rope_freqs", "rope_factors_long", "rope_factors_short", "blk.{0}.attn_rot_embd");

    /// <summary>Whether the tensor belongs to the configuration, not to the weights.</summary>
    public static bool IsConfiguration(string name) => NotWeights.Contains(Split(name).Pattern);

    /// <summary>Hugging Face's name, or null where the architecture has no such tensor.</summary>
    public static string? ToHuggingFace(string architecture, string name)
    {
        FrozenDictionary<string, string> names = architecture == LlamaArchitecture.ModelType ? Llama : Bert;
        (string pattern, string layer, string suffix) = Split(name);
        return suffix is ".weight" or ".bias" && names.TryGetValue(pattern, out string? mapped)
            ? mapped.Replace("{0}", layer, StringComparison.Ordinal) + suffix
            : null;
    }

    /// <summary>blk.12.attn_q.weight to blk.{0}.attn_q, 12 and .weight.</summary>
    private static (string Pattern, string Layer, string Suffix) Split(string name)
    {
        int dot = name.LastIndexOf('.');
        string stem = dot < 0 ? name : name[..dot];
        string suffix = dot < 0 ? "" : name[dot..];
        string[] parts = stem.Split('.', 3);
        return parts is ["blk", var layer, var rest] && int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? ($"blk.{{0}}.{rest}", layer, suffix)
            : (stem, "", suffix);
    }
}
