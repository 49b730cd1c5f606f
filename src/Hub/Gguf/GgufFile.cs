using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Gguf;

/// <summary>
/// A GGUF file (version 2 or 3), mapped into memory, with its own tensor names and row order; shapes are outermost first,
/// as everywhere here. Every length and offset was checked against the file when it was opened.
/// </summary>
public sealed class GgufFile : ITensorFile
{
    private readonly MappedTensors _tensors;

    private GgufFile(MappedTensors tensors, uint version, GgufMetadata metadata)
    {
        _tensors = tensors;
        Version = version;
        Metadata = metadata;
    }

    /// <inheritdoc/>
    public string Path => _tensors.Path;

    /// <summary>2 or 3.</summary>
    public uint Version { get; }

    /// <summary>The metadata; valid until the file is disposed of.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary><c>general.architecture</c> (llama, bert ...); null where the file does not say.</summary>
    public string? Architecture => Metadata.FindString("general.architecture");

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors.Tensors;

    /// <summary>Opens a file and checks its tables.</summary>
    /// <exception cref="InvalidModelFileException">The file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufFile Open(string path)
    {
        MappedFile file = new(path);
        try
        {
            (uint version, GgufMetadata metadata, Dictionary<string, TensorInfo> tensors) = GgufHeader.Read(file);
            return new GgufFile(new MappedTensors(file, tensors), version, metadata);
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
