using System.Text.Json.Nodes;
using LlmPlatform.Hub.Safetensors;

namespace LlmPlatform.Platform.Tests.Samples;

/// <summary>Adapters over <see cref="TinyModels.WriteDecoderAsync"/> as PEFT saves them, loud enough to change what is said.</summary>
internal static class TinyAdapters
{
    private const int Rank = 2;

    // Outputs and inputs of the tiny decoder's projections.
    private static readonly (string Name, int Rows, int Columns)[] Projections =
    [
        ("self_attn.q_proj", 16, 16), ("self_attn.k_proj", 16, 16), ("self_attn.v_proj", 16, 16), ("self_attn.o_proj", 16, 16),
        ("mlp.gate_proj", 32, 16), ("mlp.up_proj", 32, 16), ("mlp.down_proj", 16, 32),
    ];

    /// <summary>Writes adapter_config.json and adapter_model.safetensors.</summary>
    /// <param name="folder">A new folder.</param>
    /// <param name="seed">Another one gives another version.</param>
    /// <param name="change">What to change in adapter_config.json.</param>
    public static async Task<string> WriteAsync(string folder, int seed = 1, Action<JsonObject>? change = null)
    {
        Directory.CreateDirectory(folder);
        Random random = new(seed);
        List<SafetensorsTensor> tensors = [];
        for (int layer = 0; layer < 2; layer++)
        {
            foreach ((string name, int rows, int columns) in Projections)
            {
                string module = $"base_model.model.model.layers.{layer}.{name}";
                tensors.Add(SafetensorsTensor.FromFloats($"{module}.lora_A.weight", [Rank, columns], Values(random, Rank * columns)));
                tensors.Add(SafetensorsTensor.FromFloats($"{module}.lora_B.weight", [rows, Rank], Values(random, rows * Rank)));
            }
        }

        await SafetensorsWriter.WriteAsync(Path.Combine(folder, "adapter_model.safetensors"), tensors);
        JsonObject config = new()
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = "tiny",
            ["r"] = Rank,
            ["lora_alpha"] = 2 * Rank,
            ["bias"] = "none",
            ["target_modules"] = new JsonArray([.. Projections.Select(projection => (JsonNode)projection.Name.Split('.')[1])]),
        };
        change?.Invoke(config);
        await File.WriteAllTextAsync(Path.Combine(folder, "adapter_config.json"), config.ToJsonString());
        return folder;
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
