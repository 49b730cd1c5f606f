using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Index.Embedded.Files;

/// <summary>
/// A memory-mapped file of sections that is never changed once it has its name. The checksum is read through when it is
/// opened, so that the numbers in it can be trusted afterwards; a damaged file is not opened but made again.
/// <list type="bullet">
/// <item>0: magic, 8: kind, 12: number of sections, 16: length of the file, 24: CRC-32C of the rest and of this header</item>
/// <item>32: offset and length of each section (64-bit, little-endian)</item>
/// <item>256: the sections, on boundaries of 64 bytes</item>
/// </list>
/// </summary>
internal sealed unsafe class CacheFile : IDisposable
{
    public const int HeaderSize = 256;
    public const int Alignment = 64;
    public const int MostSections = (HeaderSize - 32) / 16;
    public const string UnfinishedSuffix = ".unfinished";

    // "LLMCACH1"
    public const ulong Magic = 0x314843_41434D4C4C;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly (long Offset, long Length)[] _sections;
    private byte* _start;

    private CacheFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, (long, long)[] sections)
    {
        Path = path;
        _file = file;
        _view = view;
        _start = start;
        _sections = sections;
    }

    public string Path { get; }

    /// <summary>Opens a file; null when it is missing, damaged, or of another kind or number of sections.</summary>
    public static CacheFile? TryOpen(string path, uint kind, int sections)
    {
        long length;
        MemoryMappedFile file;
        try
        {
            length = new FileInfo(path).Length;
            if (length < HeaderSize || length % 8 != 0)
            {
                return null;
            }

            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        }
        catch (IOException)
        {
            return null;
        }

        MemoryMappedViewAccessor view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        if (ReadSections(start, length, kind, sections) is { } found)
        {
            return new CacheFile(path, file, view, start, found);
        }

        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
        return null;
    }

    /// <summary>Where a section begins.</summary>
    public T* Section<T>(int section)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return (T*)(_start + _sections[section].Offset);
    }

    /// <summary>How many values a section has.</summary>
    public long Count<T>(int section)
        where T : unmanaged => _sections[section].Length / sizeof(T);

    /// <summary>Ends the mapping; pointers into it must not be used any more.</summary>
    public void Dispose()
    {
        if (_start is null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>CRC-32C of a multiple of 8 bytes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint before)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            before = BitOperations.Crc32C(before, word);
        }

        return before;
    }

    private static (long, long)[]? ReadSections(byte* start, long length, uint kind, int sections)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        new ReadOnlySpan<byte>(start, HeaderSize).CopyTo(header);
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], 0);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != kind
            || BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) != sections
            || BinaryPrimitives.ReadInt64LittleEndian(header[16..]) != length)
        {
            return null;
        }

        uint checksum = 0;
        for (long at = HeaderSize; at < length;)
        {
            int part = (int)Math.Min(1 << 20, length - at);
            checksum = Checksum(new ReadOnlySpan<byte>(start + at, part), checksum);
            at += part;
        }

        if (Checksum(header, checksum) != expected)
        {
            return null;
        }

        (long Offset, long Length)[] found = new (long, long)[sections];
        for (int i = 0; i < sections; i++)
        {
            found[i] = (BinaryPrimitives.ReadInt64LittleEndian(header[(32 + (i * 16))..]), BinaryPrimitives.ReadInt64LittleEndian(header[(40 + (i * 16))..]));
            if (found[i].Offset < HeaderSize || found[i].Length < 0 || found[i].Offset > length - found[i].Length)
            {
                return null;
            }
        }

        return found;
    }
}
