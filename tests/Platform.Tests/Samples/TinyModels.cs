using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Platform.Tests.Samples;

/// <summary>
/// Whole models of a few thousand random parameters in Hugging Face's layout, so that tests of services need no
/// reference material: what they say is noise, but every file is real.
/// </summary>
internal static class TinyModels
{
    private const int HiddenSize = 16;
    private const int IntermediateSize = 32;
    private const int HeadCount = 2;
    private const int MaxPositions = 128;

    private static readonly string[] Words =
    [
        "<unk>", "<s>", "</s>", "user", "assistant", "system", ":", "hello", "world", "the", "a", "cat", "dog", "sits", "runs",
        "on", "mat", "what", "is", "capital", "of", "France", "Paris", "Seoul", "Korea", ".", "?", "!", "안녕", "세상", "고양이", "개",
    ];

    /// <summary>A llama-family decoder with a chat template.</summary>
    public static async Task<string> WriteDecoderAsync(string folder, int seed = 1, int maxPositions = MaxPositions)
    {
        Directory.CreateDirectory(folder);
        Random random = new(seed);
        List<SafetensorsTensor> tensors =
        [
            Matrix(random, "model.embed_tokens.weight", Words.Length, HiddenSize),
            Ones("model.norm.weight", HiddenSize),
        ];
        for (int layer = 0; layer < 2; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            tensors.AddRange(
            [
                Ones(prefix + "input_layernorm.weight", HiddenSize),
                Ones(prefix + "post_attention_layernorm.weight", HiddenSize),
                Matrix(random, prefix + "self_attn.q_proj.weight", HiddenSize, HiddenSize),
                Matrix(random, prefix + "self_attn.k_proj.weight", HiddenSize, HiddenSize),
                Matrix(random, prefix + "self_attn.v_proj.weight", HiddenSize, HiddenSize),
                Matrix(random, prefix + "self_attn.o_proj.weight", HiddenSize, HiddenSize),
                Matrix(random, prefix + "mlp.gate_proj.weight", IntermediateSize, HiddenSize),
                Matrix(random, prefix + "mlp.up_proj.weight", IntermediateSize, HiddenSize),
                Matrix(random, prefix + "mlp.down_proj.weight", HiddenSize, IntermediateSize),
            ]);
        }

        await SafetensorsWriter.WriteAsync(Path.Combine(folder, "model.safetensors"), tensors);
        await WriteJsonAsync(folder, "config.json", new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["vocab_size"] = Words.Length,
            ["hidden_size"] = HiddenSize,
            ["intermediate_size"] = IntermediateSize,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = HeadCount,
            ["num_key_value_heads"] = HeadCount,
            ["head_dim"] = HiddenSize / HeadCount,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = maxPositions,
            ["rms_norm_eps"] = 1e-5,
            ["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = 10000.0 },
            ["tie_word_embeddings"] = true,
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["bos_token_id"] = 1,
            ["eos_token_id"] = 2,
            ["dtype"] = "float32",
        });
        await WriteTokenizerAsync(folder, postProcessor: null);
        await WriteJsonAsync(folder, "tokenizer_config.json", new JsonObject { ["bos_token"] = "<s>", ["eos_token"] = "</s>" });
        await File.WriteAllTextAsync(
            Path.Combine(folder, "chat_template.jinja"),
            "{% for message in messages %}{{ message.role }} : {{ message.content }} </s> {% endfor %}{% if add_generation_prompt %}assistant :{% endif %}");
        return folder;
    }

    /// <summary>A BERT-family sentence encoder with mean pooling and the prompts <c>query</c> and <c>passage</c>.</summary>
    public static async Task<string> WriteEncoderAsync(string folder, int seed = 2)
    {
        Directory.CreateDirectory(folder);
        Random random = new(seed);
        List<SafetensorsTensor> tensors =
        [
            Matrix(random, "embeddings.word_embeddings.weight", Words.Length, HiddenSize),
            Matrix(random, "embeddings.position_embeddings.weight", MaxPositions, HiddenSize),
            Matrix(random, "embeddings.token_type_embeddings.weight", 2, HiddenSize),
            Ones("embeddings.LayerNorm.weight", HiddenSize),
            Matrix(random, "embeddings.LayerNorm.bias", HiddenSize),
        ];
        for (int layer = 0; layer < 2; layer++)
        {
            string prefix = $"encoder.layer.{layer}.";
            foreach ((string name, int rows, int columns) in new[]
            {
                ("attention.self.query", HiddenSize, HiddenSize), ("attention.self.key", HiddenSize, HiddenSize),
                ("attention.self.value", HiddenSize, HiddenSize), ("attention.output.dense", HiddenSize, HiddenSize),
                ("intermediate.dense", IntermediateSize, HiddenSize), ("output.dense", HiddenSize, IntermediateSize),
            })
            {
                tensors.Add(Matrix(random, $"{prefix}{name}.weight", rows, columns));
                tensors.Add(Matrix(random, $"{prefix}{name}.bias", rows));
            }

            foreach (string norm in new[] { "attention.output.LayerNorm", "output.LayerNorm" })
            {
                tensors.Add(Ones($"{prefix}{norm}.weight", HiddenSize));
                tensors.Add(Matrix(random, $"{prefix}{norm}.bias", HiddenSize));
            }
        }

        await SafetensorsWriter.WriteAsync(Path.Combine(folder, "model.safetensors"), tensors);
        await WriteJsonAsync(folder, "config.json", new JsonObject
        {
            ["architectures"] = new JsonArray("BertModel"),
            ["model_type"] = "bert",
            ["vocab_size"] = Words.Length,
            ["hidden_size"] = HiddenSize,
            ["intermediate_size"] = IntermediateSize,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = HeadCount,
            ["hidden_act"] = "gelu",
            ["max_position_embeddings"] = MaxPositions,
            ["type_vocab_size"] = 2,
            ["layer_norm_eps"] = 1e-12,
            ["pad_token_id"] = 0,
            ["dtype"] = "float32",
        });
        await WriteTokenizerAsync(folder, new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Special("<s>"), Sequence("A"), Special("</s>")),
            ["pair"] = new JsonArray(Special("<s>"), Sequence("A"), Special("</s>"), Sequence("B"), Special("</s>")),
            ["special_tokens"] = new JsonObject { ["<s>"] = SpecialToken("<s>", 1), ["</s>"] = SpecialToken("</s>", 2) },
        });
        await WriteJsonAsync(folder, "modules.json", new JsonArray(
            Module(0, "", "Transformer"), Module(1, "1_Pooling", "Pooling"), Module(2, "2_Normalize", "Normalize")));
        await WriteJsonAsync(folder, "1_Pooling/config.json", new JsonObject
        {
            ["word_embedding_dimension"] = HiddenSize,
            ["pooling_mode_mean_tokens"] = true,
        });
        await WriteJsonAsync(folder, "sentence_bert_config.json", new JsonObject { ["max_seq_length"] = 64, ["do_lower_case"] = false });
        await WriteJsonAsync(folder, "config_sentence_transformers.json", new JsonObject
        {
            ["prompts"] = new JsonObject { ["query"] = "what is ", ["passage"] = "the " },
            ["default_prompt_name"] = null,
            ["similarity_fn_name"] = "cosine",
        });
        return folder;
    }

    private static async Task WriteTokenizerAsync(string folder, JsonObject? postProcessor)
    {
        JsonObject vocabulary = [];
        for (int id = 0; id < Words.Length; id++)
        {
            vocabulary[Words[id]] = id;
        }

        await WriteJsonAsync(folder, "tokenizer.json", new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. Enumerable.Range(0, 3).Select(id => (JsonNode)new JsonObject
            {
                ["id"] = id, ["content"] = Words[id], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false,
                ["normalized"] = false, ["special"] = true,
            })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" },
            ["post_processor"] = postProcessor,
            ["decoder"] = null,
            ["model"] = new JsonObject { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = "<unk>" },
        });
    }

    private static JsonObject Special(string token) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 } };

    private static JsonObject Sequence(string id) => new() { ["Sequence"] = new JsonObject { ["id"] = id, ["type_id"] = 0 } };

    private static JsonObject SpecialToken(string token, int id) =>
        new() { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };

    private static JsonObject Module(int index, string path, string type) =>
        new() { ["idx"] = index, ["name"] = $"{index}", ["path"] = path, ["type"] = $"sentence_transformers.models.{type}" };

    private static async Task WriteJsonAsync(string folder, string name, JsonNode document)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, document.ToJsonString());
    }

    private static SafetensorsTensor Matrix(Random random, string name, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (product, dimension) => product * dimension)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) * 2);
        }

        return Tensor(name, shape, values);
    }

    private static SafetensorsTensor Ones(string name, int length)
    {
        float[] values = new float[length];
        Array.Fill(values, 1f);
        return Tensor(name, [length], values);
    }

    private static SafetensorsTensor Tensor(string name, int[] shape, float[] values) =>
        new(name, TensorType.F32, [.. shape.Select(dimension => (long)dimension)], MemoryMarshal.AsBytes<float>(values).ToArray());
}
