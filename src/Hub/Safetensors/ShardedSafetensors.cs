using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Hub.Versions;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>Several safetensors files that an index (<c>model.safetensors.index.json</c>) makes one.</summary>
public sealed class ShardedSafetensors : ITensorFile
{
    private readonly Dictionary<string, SafetensorsFile> _shards;
    private readonly Dictionary<string, SafetensorsFile> _homes;

    private ShardedSafetensors(
        string path, Dictionary<string, SafetensorsFile> shards, Dictionary<string, SafetensorsFile> homes, Dictionary<string, TensorInfo> tensors)
    {
        Path = path;
        _shards = shards;
        _homes = homes;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens an index and all its files.</summary>
    /// <param name="indexPath">The <c>*.safetensors.index.json</c>.</param>
    /// <exception cref="InvalidModelFileException">The index or a file is damaged, or they do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ShardedSafetensors Open(string indexPath)
    {
        ModelConfig index = ModelConfig.Load(indexPath);
        ModelConfig map = index.GetSection("weight_map");
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(indexPath))!;
        Dictionary<string, SafetensorsFile> shards = new(StringComparer.Ordinal);
        Dictionary<string, SafetensorsFile> homes = new(StringComparer.Ordinal);
        Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
        try
        {
            foreach (string name in map.Keys)
            {
                string fileName = map.GetString(name);
                if (!shards.TryGetValue(fileName, out SafetensorsFile? shard))
                {
                    shard = OpenShard(indexPath, folder, fileName);
                    shards.Add(fileName, shard);
                }

                if (!shard.Tensors.TryGetValue(name, out TensorInfo? tensor))
                {
                    throw new InvalidModelFileException(indexPath, $"weight_map: {name}", fileName, "a file that holds this tensor");
                }

                homes.Add(name, shard);
                tensors.Add(name, tensor);
            }
        }
        catch
        {
            foreach (SafetensorsFile shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }

        return new ShardedSafetensors(indexPath, shards, homes, tensors);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetRowBytes(TensorInfo tensor, long firstRow, long rowCount) => Home(tensor).GetRowBytes(tensor, firstRow, rowCount);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetBytes(TensorInfo tensor) => Home(tensor).GetBytes(tensor);

    /// <inheritdoc/>
    public void ReadRows(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination) =>
        Home(tensor).ReadRows(tensor, firstRow, rowCount, destination);

    /// <inheritdoc/>
    public void ReadFloats(TensorInfo tensor, Span<float> destination) => Home(tensor).ReadFloats(tensor, destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile shard in _shards.Values)
        {
            shard.Dispose();
        }
    }

    private static SafetensorsFile OpenShard(string indexPath, string folder, string fileName)
    {
        if (!RelativePaths.IsPortable(fileName))
        {
            throw new InvalidModelFileException(indexPath, "weight_map", fileName, "a file below the folder of the index");
        }

        string path = System.IO.Path.Combine(folder, fileName);
        return File.Exists(path)
            ? SafetensorsFile.Open(path)
            : throw new InvalidModelFileException(indexPath, "weight_map", fileName, "a file that exists");
    }

    private SafetensorsFile Home(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _homes[tensor.Name];
    }
}
