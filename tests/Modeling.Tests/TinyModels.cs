using System.Text.Json.Nodes;
using LlmPlatform.Hub.Configuration;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests;

/// <summary>Models of a few thousand numbers, and ids for them.</summary>
internal static class TinyModels
{
    public static ModelConfig Llama(bool tied = true, string architecture = "LlamaForCausalLM") => ModelConfig.From("config.json", new JsonObject
    {
        ["model_type"] = "llama",
        ["architectures"] = new JsonArray(architecture),
        ["hidden_size"] = 16,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["intermediate_size"] = 24,
        ["vocab_size"] = 40,
        ["max_position_embeddings"] = 64,
        ["rms_norm_eps"] = 1e-5,
        ["tie_word_embeddings"] = tied,
        ["pad_token_id"] = 0,
        ["initializer_range"] = 0.3,
    });

    public static ModelConfig Bert(string architecture = "BertForMaskedLM") => ModelConfig.From("config.json", new JsonObject
    {
        ["model_type"] = "bert",
        ["architectures"] = new JsonArray(architecture),
        ["hidden_size"] = 16,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["intermediate_size"] = 24,
        ["vocab_size"] = 40,
        ["max_position_embeddings"] = 32,
        ["pad_token_id"] = 0,
        ["initializer_range"] = 0.3,
    });

    public static CausalLanguageModel NewLlama(long seed = 1, ScalarType dtype = ScalarType.Float32, bool tied = true) =>
        AutoModelForCausalLM.FromConfig(Llama(tied), seed, dtype);

    /// <summary>[1, count], ids from 1.</summary>
    public static Tensor Ids(params ReadOnlySpan<long> ids) => tensor(ids.ToArray()).unsqueeze(0);

    public static double LargestDifference(Tensor left, Tensor right) => (left - right).abs().max().to(ScalarType.Float64).item<double>();
}
