using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>A safetensors file, mapped into memory; every length and offset was checked against the file when it was opened.</summary>
public sealed class SafetensorsFile : ITensorFile
{
    private readonly MappedTensors _tensors;

    private SafetensorsFile(MappedTensors tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _tensors = tensors;
        Metadata = metadata;
    }

    /// <inheritdoc/>
    public string Path => _tensors.Path;

    /// <summary>The header's <c>__metadata__</c>; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors.Tensors;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidModelFileException">The file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile file = new(path);
        try
        {
            (Dictionary<string, TensorInfo> tensors, Dictionary<string, string> metadata) = SafetensorsHeader.Read(file);
            return new SafetensorsFile(new MappedTensors(file, tensors), metadata);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetRowBytes(TensorInfo tensor, long firstRow, long rowCount) => _tensors.GetRowBytes(tensor, firstRow, rowCount);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> GetBytes(TensorInfo tensor) => _tensors.GetBytes(tensor);

    /// <inheritdoc/>
    public void ReadRows(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination) =>
        _tensors.ReadRows(tensor, firstRow, rowCount, destination);

    /// <inheritdoc/>
    public void ReadFloats(TensorInfo tensor, Span<float> destination) => _tensors.ReadFloats(tensor, destination);

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();
}
