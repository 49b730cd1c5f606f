using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Folders;

/// <summary>The weights of a folder, found by their names as transformers does: one file, an index of several, or a GGUF file.</summary>
internal sealed record WeightFiles(string? Safetensors, string? Index, string? Gguf)
{
    public const string SafetensorsName = "model.safetensors";

    public const string IndexName = "model.safetensors.index.json";

    private static readonly string[] PickleExtensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    public static WeightFiles Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidModelFileException(folder, "", null, "the folder of the transformer module to be there");
        }

        string single = Path.Combine(folder, SafetensorsName);
        string index = Path.Combine(folder, IndexName);
        if (File.Exists(single))
        {
            return new WeightFiles(single, null, null);
        }

        if (File.Exists(index))
        {
            return new WeightFiles(null, index, null);
        }

        string[] ggufs = [.. Directory.EnumerateFiles(folder, "*.gguf").Where(file => Path.GetFileName(file)[0] != '.').Take(2)];
        return ggufs.Length switch
        {
            1 => new WeightFiles(null, null, ggufs[0]),
            > 1 => throw new InvalidModelFileException(folder, "weights", "several GGUF files", "one GGUF file in the folder"),
            _ => throw NoWeights(folder),
        };
    }

    public ITensorFile Open() => Safetensors is not null ? SafetensorsFile.Open(Safetensors)
        : Index is not null ? ShardedSafetensors.Open(Index)
        : GgufFile.Open(Gguf!);

    private static InvalidModelFileException NoWeights(string folder)
    {
        string? pickle = Directory.EnumerateFiles(folder)
            .Where(file => PickleExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        return pickle is null
            ? new InvalidModelFileException(folder, "weights", null, $"{SafetensorsName}, {IndexName} or a GGUF file")
            : new InvalidModelFileException(
                folder, "weights", Path.GetFileName(pickle), $"{SafetensorsName}: pickled weights are refused, as loading a pickle can run code; convert them to safetensors");
    }
}
