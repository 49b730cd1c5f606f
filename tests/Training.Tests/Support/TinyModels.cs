using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Tests.Data.Support;

namespace LlmPlatform.Training.Tests.Support;

/// <summary>Models of a few thousand numbers by chance, whose tokens are bytes.</summary>
internal static class TinyModels
{
    public const int Vocabulary = 260;

    public static JsonObject LlamaConfig(int vocabulary = Vocabulary) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = 16,
        ["intermediate_size"] = 32,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 2,
        ["num_key_value_heads"] = 1,
        ["max_position_embeddings"] = 256,
        ["rms_norm_eps"] = 1e-5,
        ["hidden_act"] = "silu",
        ["initializer_range"] = 0.2,
        ["tie_word_embeddings"] = true,
        ["eos_token_id"] = 259,
    };

    public static JsonObject BertConfig() => new()
    {
        ["architectures"] = new JsonArray("BertForMaskedLM"),
        ["model_type"] = "bert",
        ["vocab_size"] = Vocabulary,
        ["hidden_size"] = 16,
        ["intermediate_size"] = 32,
        ["num_hidden_layers"] = 1,
        ["num_attention_heads"] = 2,
        ["max_position_embeddings"] = 64,
        ["type_vocab_size"] = 2,
        ["layer_norm_eps"] = 1e-12,
        ["hidden_act"] = "gelu",
        ["initializer_range"] = 0.2,
        ["pad_token_id"] = 256,
    };

    public static CausalLanguageModel Llama(torch.ScalarType dtype = torch.ScalarType.Float32, long seed = 1) =>
        AutoModelForCausalLM.FromConfig(ModelConfig.From("config.json", LlamaConfig()), seed, dtype);

    public static async Task<string> WriteAsync(string folder, JsonObject config, long seed = 1)
    {
        bool bert = (string)config["model_type"]! == "bert";
        ModelConfig settings = ModelConfig.From("config.json", config);
        using PreTrainedModel model = bert
            ? AutoModelForMaskedLM.FromConfig(settings, seed)
            : AutoModelForCausalLM.FromConfig(settings, seed);
        await model.SaveAsync(folder, torch.ScalarType.Float32, TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), SmallTokenizer.Json);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["eos_token"] = "<|im_end|>",
            ["pad_token"] = "<pad>",
            ["mask_token"] = "<mask>",
            ["chat_template"] = SmallTokenizer.PlainTemplate,
        }));
        return folder;
    }
}
