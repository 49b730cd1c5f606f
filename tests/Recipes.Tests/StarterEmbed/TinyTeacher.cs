using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Safetensors;

namespace LlmPlatform.Recipes.Tests.StarterEmbed;

/// <summary>A sentence encoder of 4 layers with a Unigram tokenizer, its numbers counted up so that each can be told.</summary>
internal static class TinyTeacher
{
    public const int Hidden = 4;
    public const int Intermediate = 8;
    public const int Layers = 4;

    public static readonly string[] Pieces =
        ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "c", "▁ab", "abc", "ca", "가", "나", "▁가나", "中", "文", "é", "<mask>"];

    public static async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        float next = 0;
        List<SafetensorsTensor> tensors =
        [
            Tensor("embeddings.word_embeddings.weight", Pieces.Length, Hidden),
            Tensor("embeddings.position_embeddings.weight", 16, Hidden),
            Tensor("embeddings.token_type_embeddings.weight", 2, Hidden),
            Tensor("embeddings.LayerNorm.weight", Hidden),
            Tensor("embeddings.LayerNorm.bias", Hidden),
        ];
        for (int layer = 0; layer < Layers; layer++)
        {
            foreach ((string module, int rows, int columns) in new[]
            {
                ("attention.self.query", Hidden, Hidden), ("attention.self.key", Hidden, Hidden), ("attention.self.value", Hidden, Hidden),
                ("attention.output.dense", Hidden, Hidden), ("intermediate.dense", Intermediate, Hidden), ("output.dense", Hidden, Intermediate),
            })
            {
                tensors.Add(Tensor($"encoder.layer.{layer}.{module}.weight", rows, columns));
                tensors.Add(Tensor($"encoder.layer.{layer}.{module}.bias", rows));
            }

            foreach (string norm in new[] { "attention.output.LayerNorm", "output.LayerNorm" })
            {
                tensors.Add(Tensor($"encoder.layer.{layer}.{norm}.weight", Hidden));
                tensors.Add(Tensor($"encoder.layer.{layer}.{norm}.bias", Hidden));
            }
        }

        await SafetensorsWriter.WriteAsync(Path.Combine(folder, "model.safetensors"), tensors);
        Write(folder, "config.json", new JsonObject
        {
            ["architectures"] = new JsonArray("BertModel"),
            ["model_type"] = "bert",
            ["hidden_size"] = Hidden,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = 2,
            ["intermediate_size"] = Intermediate,
            ["vocab_size"] = Pieces.Length,
            ["max_position_embeddings"] = 16,
            ["torch_dtype"] = "float16",
        });
        Write(folder, "modules.json", new JsonArray(Module(0, "", "Transformer"), Module(1, "1_Pooling", "Pooling"), Module(2, "2_Normalize", "Normalize")));
        Write(folder, "1_Pooling/config.json", new JsonObject { ["word_embedding_dimension"] = Hidden, ["pooling_mode_mean_tokens"] = true });
        Write(folder, "config_sentence_transformers.json", new JsonObject { ["prompts"] = new JsonObject { ["query"] = "query: ", ["passage"] = "passage: " } });
        Write(folder, "tokenizer.json", Tokenizer());

        SafetensorsTensor Tensor(string name, params long[] shape)
        {
            float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = next++ / 4096;
            }

            return SafetensorsTensor.FromFloats(name, shape, values);
        }
    }

    public static JsonObject Tokenizer() => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. new[] { 0, 1, 2, 3, Pieces.Length - 1 }.Select(id => (JsonNode)new JsonObject
        {
            ["id"] = id,
            ["content"] = Pieces[id],
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })]),
        ["normalizer"] = new JsonObject { ["type"] = "NFKC" },
        ["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "always", ["split"] = true },
        ["post_processor"] = JsonNode.Parse("""
            {"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<mask>","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],
             "special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"<mask>":{"id":"<mask>","ids":[17],"tokens":["<mask>"]}}}
            """),
        ["decoder"] = null,
        ["model"] = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = 3,
            ["vocab"] = new JsonArray([.. Pieces.Select((piece, id) => (JsonNode)new JsonArray(piece, -1.0 - (id * 0.1) + piece.Length))]),
            ["byte_fallback"] = false,
        },
    };

    private static JsonObject Module(int index, string path, string type) =>
        new() { ["idx"] = index, ["name"] = $"{index}", ["path"] = path, ["type"] = $"sentence_transformers.models.{type}" };

    private static void Write(string folder, string name, JsonNode json) => File.WriteAllText(Path.Combine(folder, name), json.ToJsonString(JsonSerializerOptions.Default));
}
