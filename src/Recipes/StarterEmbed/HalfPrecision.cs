using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>A model in float16, the mean of one or several of the same shape (https://arxiv.org/abs/2203.05482).</summary>
internal static class HalfPrecision
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the model; a folder that is there is replaced.</summary>
    /// <param name="from">Model folders with weights and shares that sum to 1; the first gives the other files.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>Bytes of all files.</returns>
    public static async Task<long> WriteAsync(IReadOnlyList<(string Folder, double Share)> from, string folder, CancellationToken cancellationToken)
    {
        string unfinished = Path.TrimEndingDirectorySeparator(folder) + ".part";
        DeleteFolder(unfinished);
        foreach (string path in Directory.EnumerateFiles(from[0].Folder, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) != ".safetensors"))
        {
            string target = Path.Combine(unfinished, Path.GetRelativePath(from[0].Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        await WriteWeightsAsync(from, Path.Combine(unfinished, "model.safetensors"), cancellationToken).ConfigureAwait(false);
        string config = Path.Combine(unfinished, "config.json");
        JsonObject settings = UnigramJson.Read(config);
        settings["dtype"] = "float16";
        await File.WriteAllTextAsync(config, settings.ToJsonString(Indented), cancellationToken).ConfigureAwait(false);
        DeleteFolder(folder);
        Directory.Move(unfinished, folder);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
    }

    private static async Task WriteWeightsAsync(IReadOnlyList<(string Folder, double Share)> from, string path, CancellationToken cancellationToken)
    {
        List<(ITensorFile File, double Share)> weights = [];
        try
        {
            foreach ((string folder, double share) in from)
            {
                weights.Add((ModelFolder.Open(folder).OpenWeights(), share));
            }

            SafetensorsTensor[] halves = [.. weights[0].File.Tensors.Values.Select(tensor => Half(weights, tensor))];
            await SafetensorsWriter.WriteAsync(path, halves, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            weights.ForEach(opened => opened.File.Dispose());
        }
    }

    private static SafetensorsTensor Half(List<(ITensorFile File, double Share)> weights, TensorInfo tensor)
    {
        double[] sums = new double[tensor.ElementCount];
        foreach ((ITensorFile file, double share) in weights)
        {
            float[] values = file.ReadFloats(tensor.Name, tensor.Shape.AsSpan());
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += share * values[i];
            }
        }

        Half[] halves = Array.ConvertAll(sums, value => (Half)value);
        return halves.All(System.Half.IsFinite)
            ? new SafetensorsTensor(tensor.Name, TensorType.F16, tensor.Shape, MemoryMarshal.AsBytes<Half>(halves).ToArray())
            : throw new RecipeException($"tensor {tensor.Name}: a number too large for float16");
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
