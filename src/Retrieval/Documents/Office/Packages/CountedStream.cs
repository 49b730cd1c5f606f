using System.IO.Hashing;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>Reads another stream and tells how much came, before it is used; keeps its checksum.</summary>
/// <param name="inner">Where the bytes come from; closed with this.</param>
/// <param name="count">Called for every piece: bytes of this stream so far, and bytes of the piece. May throw.</param>
/// <param name="length">How many bytes there are, where that is known.</param>
internal sealed class CountedStream(Stream inner, Action<long, int> count, long? length = null) : Stream
{
    private readonly Crc32 _checksum = new();
    private long _total;

    /// <summary>The checksum of what was read so far, as zip files have it.</summary>
    public uint Crc32 => _checksum.GetCurrentHashAsUInt32();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length ?? throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => _total;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _checksum.Append(buffer[..read]);
        count(_total += read, read);
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
