using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Index.Embedded.Files;

/// <summary>
/// Writes a <see cref="CacheFile"/>: sections one after the other, each on a boundary of 64 bytes. The file gets its name
/// only when it is complete.
/// </summary>
internal sealed class CacheFileWriter : IDisposable
{
    private static readonly byte[] Zeros = new byte[CacheFile.Alignment];

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly List<(long Offset, long Length)> _sections = [];
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _buffered;
    private long _position = CacheFile.HeaderSize;
    private uint _checksum;
    private bool _published;

    public CacheFileWriter(string path)
    {
        _path = path;
        _stream = new FileStream(path + CacheFile.UnfinishedSuffix, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        _stream.Position = CacheFile.HeaderSize;
    }

    public void BeginSection()
    {
        if (_sections.Count == CacheFile.MostSections)
        {
            throw new InvalidOperationException($"a cache file has at most {CacheFile.MostSections} sections");
        }

        // The padding before a section belongs to none.
        EndSection();
        int padding = (int)(-_position & (CacheFile.Alignment - 1));
        Write(Zeros.AsSpan(0, padding));
        _sections.Add((_position, 0));
    }

    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // A span of more than 2 GiB of bytes does not exist: callers write by rows.
        Write(MemoryMarshal.AsBytes(values));
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _position += bytes.Length;
        while (bytes.Length > 0)
        {
            int taken = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
            if (_buffered == _buffer.Length)
            {
                FlushBuffer();
            }
        }
    }

    /// <summary>Writes header and checksum and gives the file its name.</summary>
    public void Publish(uint kind)
    {
        EndSection();
        // The checksum runs over words of 8 bytes.
        Write(Zeros.AsSpan(0, (int)(-_position & 7)));
        FlushBuffer();
        Span<byte> header = stackalloc byte[CacheFile.HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, CacheFile.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)_sections.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], _position);
        for (int i = 0; i < _sections.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header[(32 + (i * 16))..], _sections[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(header[(40 + (i * 16))..], _sections[i].Length);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], CacheFile.Checksum(header, _checksum));
        _stream.Position = 0;
        _stream.Write(header);
        _stream.Dispose();
        File.Move(_path + CacheFile.UnfinishedSuffix, _path, overwrite: true);
        _published = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_published)
        {
            File.Delete(_path + CacheFile.UnfinishedSuffix);
        }
    }

    private void EndSection()
    {
        if (_sections.Count > 0)
        {
            _sections[^1] = (_sections[^1].Offset, _position - _sections[^1].Offset);
        }
    }

    private void FlushBuffer()
    {
        _checksum = CacheFile.Checksum(_buffer.AsSpan(0, _buffered), _checksum);
        _stream.Write(_buffer, 0, _buffered);
        _buffered = 0;
    }
}
