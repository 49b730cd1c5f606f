using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>A model at half its size: weights in float16.</summary>
internal static class HalfWeights
{
    /// <summary>Writes the model of <paramref name="from"/> in float16 beside its other files: half the size, the numbers rounded to nearest.</summary>
    /// <param name="from">A folder with model.safetensors in float32, float16 or bfloat16.</param>
    /// <param name="to">Made where it is missing.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from).Where(file => Path.GetExtension(file) is not ".safetensors"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        using (SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(from, "model.safetensors")))
        {
            SafetensorsTensor[] halves = [.. weights.Tensors.Values.Select(tensor => Half(weights, tensor))];
            await SafetensorsWriter.WriteAsync(Path.Combine(to, "model.safetensors"), halves, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        string path = Path.Combine(to, "config.json");
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false))!.AsObject();
        config["dtype"] = "float16";
        await FreshLlama.WriteJsonAsync(path, config, cancellationToken).ConfigureAwait(false);
    }

    private static SafetensorsTensor Half(SafetensorsFile weights, TensorInfo tensor)
    {
        float[] values = new float[tensor.ElementCount];
        weights.ReadFloats(tensor, values);
        Half[] halves = Array.ConvertAll(values, value => (Half)value);
        return new SafetensorsTensor(tensor.Name, TensorType.F16, tensor.Shape, MemoryMarshal.AsBytes<Half>(halves).ToArray());
    }
}
