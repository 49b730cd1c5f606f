using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Safetensors;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>A llama model that has learnt nothing: numbers by chance from a seed, in float32.</summary>
internal static class FreshLlama
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes config.json, generation_config.json and model.safetensors into a folder that has the tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shape">The size.</param>
    /// <param name="seed">The same seed gives the same bytes.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(string folder, LlamaShape shape, long seed, CancellationToken cancellationToken)
    {
        Random random = new(unchecked((int)seed));
        SafetensorsTensor[] tensors =
        [
            .. shape.Tensors().Select(tensor => SafetensorsTensor.FromFloats(
                tensor.Name, tensor.Shape, Numbers(tensor.Shape.Aggregate(1L, (all, one) => all * one), tensor.Deviation, random))),
        ];
        await SafetensorsWriter.WriteAsync(Path.Combine(folder, "model.safetensors"), tensors, cancellationToken: cancellationToken).ConfigureAwait(false);
        await WriteJsonAsync(Path.Combine(folder, "config.json"), shape.Config(), cancellationToken).ConfigureAwait(false);

        // Facts are said as they were learnt; who wants chance asks for a temperature.
        JsonObject generation = new() { ["eos_token_id"] = ChatTokenizer.EndId, ["do_sample"] = false };
        await WriteJsonAsync(Path.Combine(folder, "generation_config.json"), generation, cancellationToken).ConfigureAwait(false);
    }

    // Box and Muller (1958); the sequence of a seeded Random is the same in all versions of .NET.
    private static float[] Numbers(long count, double? deviation, Random random)
    {
        float[] values = new float[checked((int)count)];
        if (deviation is not { } width)
        {
            Array.Fill(values, 1);
            return values;
        }

        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(width * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    /// <summary>Writes a JSON file with indentation.</summary>
    internal static Task WriteJsonAsync(string path, JsonObject json, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, json.ToJsonString(Indented) + "\n", cancellationToken);
}
