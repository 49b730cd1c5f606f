using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Quantization;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Architectures;

/// <summary>
/// Weights under Hugging Face's names and in its row order. llama.cpp's converter stores the queries and keys of llama
/// with the rows of each head interleaved (row j of the first half, row j of the second ...), so that neighbouring values
/// rotate together; here they are put back, row by row, in whatever precision they are.
/// </summary>
internal sealed class RenamedTensors : ITensorFile
{
    private readonly ITensorFile _inner;
    private readonly Dictionary<string, Source> _sources;

    private RenamedTensors(ITensorFile inner, Dictionary<string, Source> sources)
    {
        _inner = inner;
        _sources = sources;
        Tensors = sources.ToDictionary(pair => pair.Key, pair => pair.Value.Tensor with { Name = pair.Key }, StringComparer.Ordinal);
    }

    /// <summary>A tensor of the file; <paramref name="InterleavedHeads"/> is 0 where the rows are in order.</summary>
    private sealed record Source(TensorInfo Tensor, int InterleavedHeads);

    public string Path => _inner.Path;

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The weights of a GGUF file; the result owns the file.</summary>
    /// <exception cref="InvalidModelFileException">A tensor that the architecture does not have, or heads that do not divide the rows.</exception>
    public static RenamedTensors FromGguf(GgufFile file)
    {
        string architecture = GgufConfig.Read(file).GetString("model_type");
        LlamaConfig? llama = architecture == LlamaArchitecture.ModelType ? LlamaConfig.From(file) : null;
        Dictionary<string, Source> sources = new(StringComparer.Ordinal);
        foreach (TensorInfo tensor in file.Tensors.Values.Where(tensor => !GgufNames.IsConfiguration(tensor.Name)))
        {
            string name = GgufNames.ToHuggingFace(architecture, tensor.Name)
                ?? throw new InvalidModelFileException(file.Path, "tensor name", tensor.Name, $"a tensor of {architecture}");
            int heads = llama is null ? 0
                : name.Contains(".q_proj.", StringComparison.Ordinal) ? llama.NumAttentionHeads
                : name.Contains(".k_proj.", StringComparison.Ordinal) ? llama.NumKeyValueHeads
                : 0;
            long rows = tensor.Shape.IsEmpty ? 1 : tensor.Shape[0];
            if (heads > 0 && (tensor.Shape.Length is 0 or > 2 || rows % (2L * heads) != 0))
            {
                throw new InvalidModelFileException(file.Path, $"tensor {tensor.Name}: shape", Shown.Shape(tensor.Shape), $"rows of {heads} heads of an even width");
            }

            if (!sources.TryAdd(name, new Source(tensor, heads)))
            {
                throw new InvalidModelFileException(file.Path, "tensor name", tensor.Name, "one tensor of this meaning");
            }
        }

        return new RenamedTensors(file, sources);
    }

    /// <summary>The weights of an old BERT checkpoint, whose norms say gamma and beta; the result owns <paramref name="file"/>.</summary>
    public static ITensorFile FromOldBert(ITensorFile file)
    {
        if (!file.Tensors.Keys.Any(name => BertArchitecture.ModernName(name) != name))
        {
            return file;
        }

        Dictionary<string, Source> sources = new(StringComparer.Ordinal);
        foreach (TensorInfo tensor in file.Tensors.Values)
        {
            if (!sources.TryAdd(BertArchitecture.ModernName(tensor.Name), new Source(tensor, 0)))
            {
                throw new InvalidModelFileException(file.Path, "tensor name", tensor.Name, "either the old or the new name of a norm");
            }
        }

        return new RenamedTensors(file, sources);
    }

    public ReadOnlySpan<byte> GetRowBytes(TensorInfo tensor, long firstRow, long rowCount)
    {
        Source source = Find(tensor);
        if (source.InterleavedHeads == 0 || tensor.Shape.Length == 1)
        {
            // A bias is one row.
            ReadOnlySpan<byte> row = _inner.GetRowBytes(source.Tensor, firstRow, rowCount);
            return source.InterleavedHeads == 0 || rowCount == 0 ? row : InOrder(source, row);
        }

        if (rowCount == 1)
        {
            return _inner.GetRowBytes(source.Tensor, StoredRow(source, firstRow), 1);
        }

        int rowBytes = checked((int)TensorTypes.ByteLength(tensor.Type, tensor.RowLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, tensor.RowCount - firstRow);
        byte[] rows = new byte[checked((int)(rowCount * rowBytes))];
        for (int i = 0; i < rowCount; i++)
        {
            _inner.GetRowBytes(source.Tensor, StoredRow(source, firstRow + i), 1).CopyTo(rows.AsSpan(i * rowBytes));
        }

        return rows;
    }

    public ReadOnlySpan<byte> GetBytes(TensorInfo tensor)
    {
        Source source = Find(tensor);
        return source.InterleavedHeads == 0 ? _inner.GetBytes(source.Tensor) : GetRowBytes(tensor, 0, tensor.RowCount);
    }

    public void ReadRows(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination)
    {
        Source source = Find(tensor);
        if (source.InterleavedHeads == 0)
        {
            _inner.ReadRows(source.Tensor, firstRow, rowCount, destination);
            return;
        }

        if (destination.Length != rowCount * tensor.RowLength)
        {
            throw new ArgumentException(
                $"tensor {tensor.Name}: {rowCount} rows of {tensor.RowLength} do not fill {destination.Length} places", nameof(destination));
        }

        int rowLength = (int)tensor.RowLength;
        for (int i = 0; i < rowCount; i++)
        {
            Dequantizer.ToFloats(tensor.Type, GetRowBytes(tensor, firstRow + i, 1), destination.Slice(i * rowLength, rowLength));
        }
    }

    public void ReadFloats(TensorInfo tensor, Span<float> destination)
    {
        Source source = Find(tensor);
        if (source.InterleavedHeads == 0)
        {
            _inner.ReadFloats(source.Tensor, destination);
        }
        else
        {
            ReadRows(tensor, 0, tensor.RowCount, destination);
        }
    }

    public void Dispose() => _inner.Dispose();

    /// <summary>Where row (head, half, j) lies: (head, j, half).</summary>
    private static long StoredRow(Source source, long row)
    {
        long headRows = source.Tensor.Shape[0] / source.InterleavedHeads;
        (long head, long within) = Math.DivRem(row, headRows);
        (long half, long j) = Math.DivRem(within, headRows / 2);
        return (head * headRows) + (2 * j) + half;
    }

    private static byte[] InOrder(Source source, ReadOnlySpan<byte> bias)
    {
        TensorType type = source.Tensor.Type;
        if (TensorTypes.BlockLength(type) != 1)
        {
            throw new NotSupportedException($"tensor {source.Tensor.Name}: a bias of type {type} cannot be put in order");
        }

        int size = TensorTypes.BlockBytes(type);
        byte[] ordered = new byte[bias.Length];
        for (int i = 0; i < bias.Length / size; i++)
        {
            bias.Slice((int)StoredRow(source, i) * size, size).CopyTo(ordered.AsSpan(i * size));
        }

        return ordered;
    }

    private Source Find(TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _sources[tensor.Name];
    }
}
