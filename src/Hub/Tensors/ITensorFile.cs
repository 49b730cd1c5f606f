namespace LlmPlatform.Hub.Tensors;

/// <summary>
/// The tensors of a model, read where they lie. Spans point into mapped memory and end with the file's
/// <see cref="IDisposable.Dispose"/>: nobody may dispose it while another still reads.
/// </summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file or, for several, the file that lists them; for error messages.</summary>
    string Path { get; }

    /// <summary>All tensors by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The stored bytes of rows [<paramref name="firstRow"/>, <paramref name="firstRow"/> + <paramref name="rowCount"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not these rows.</exception>
    /// <exception cref="NotSupportedException">More than 2 GiB at once, or rows that do not begin at a byte.</exception>
    ReadOnlySpan<byte> GetRowBytes(TensorInfo tensor, long firstRow, long rowCount);

    /// <summary>All stored bytes of a tensor.</summary>
    /// <exception cref="NotSupportedException">More than 2 GiB: read it by <see cref="GetRowBytes"/>.</exception>
    ReadOnlySpan<byte> GetBytes(TensorInfo tensor);

    /// <summary>
    /// Rows [<paramref name="firstRow"/>, <paramref name="firstRow"/> + <paramref name="rowCount"/>) as floats;
    /// <paramref name="destination"/> has exactly rowCount * <see cref="TensorInfo.RowLength"/> places.
    /// </summary>
    /// <exception cref="NotSupportedException">The type cannot be turned into floats.</exception>
    void ReadRows(TensorInfo tensor, long firstRow, long rowCount, Span<float> destination);

    /// <summary>The whole tensor as floats; <paramref name="destination"/> has exactly <see cref="TensorInfo.ElementCount"/> places.</summary>
    /// <exception cref="NotSupportedException">The type cannot be turned into floats.</exception>
    void ReadFloats(TensorInfo tensor, Span<float> destination);
}
