using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>
/// The zip file of an Office document. Nothing is believed about sizes: parts are counted while they are inflated, each
/// and all together, and every part is read through once (well-formed, no DTD, not too deep, right checksum) before any
/// other code sees it. Nothing is ever written to a disk.
/// </summary>
internal sealed class OfficeArchive : IDisposable
{
    private const int MaxEntries = 20_000;

    // Deflate packs at most 1:1032. Office XML comes to 1:10 to 1:60; beyond this it is a bomb, but small parts may be.
    private const int MaxRatio = 200;
    private const long RatioMattersFrom = 4L << 20;

    private static readonly XmlReaderSettings StrictXml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    private static readonly XmlReaderSettings ClosingXml = Closing();

    private readonly ZipArchive _zip;
    private readonly DocumentLimits _limits;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _checked = new(StringComparer.OrdinalIgnoreCase);
    private long _inflated;

    /// <summary>Reads the table of contents.</summary>
    /// <exception cref="DocumentException">Not a zip file, damaged, too many entries, or two of one name.</exception>
    public OfficeArchive(ReadOnlyMemory<byte> bytes, DocumentLimits limits, CancellationToken cancellationToken)
    {
        _limits = limits;
        _cancellationToken = cancellationToken;
        RequireFewEntries(bytes.Span);
        try
        {
            _zip = new ZipArchive(AsStream(bytes), ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in _zip.Entries)
            {
                AddEntry(entry);
            }
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or IOException or NotSupportedException)
        {
            _zip?.Dispose();
            throw new DocumentException(DocumentErrors.Corrupt, "the zip file is damaged or not complete", error);
        }
    }

    /// <summary>Whether there is a part of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Opens a part; it is read through once before.</summary>
    /// <exception cref="DocumentException">There is none, or it does not pass.</exception>
    public Stream Open(string name)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry))
        {
            throw new DocumentException(DocumentErrors.Corrupt, $"the package has no part {Shorten(name)}");
        }

        if (!_checked.TryGetValue(name, out long length))
        {
            length = Check(entry);
            _checked.Add(name, length);
        }

        return new CountedStream(entry.Open(), (_, _) => _cancellationToken.ThrowIfCancellationRequested(), length);
    }

    /// <summary>Opens a part that holds XML.</summary>
    /// <exception cref="DocumentException">There is none, or it does not pass.</exception>
    public XmlReader OpenXml(string name) => XmlReader.Create(Open(name), ClosingXml);

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    /// <summary>A name as it may stand in a message.</summary>
    internal static string Shorten(string name) => name.Length <= 64 ? name : name[..64];

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    // Before the table is read: it could hold a million entries. Signatures within packed data count too; that is rare.
    private static void RequireFewEntries(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        for (int at; (at = bytes.IndexOf("PK\x01\x02"u8)) >= 0; bytes = bytes[(at + 4)..])
        {
            if (++count > MaxEntries)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {MaxEntries} parts in the zip file");
            }
        }
    }

    private static XmlReaderSettings Closing()
    {
        XmlReaderSettings settings = StrictXml.Clone();
        settings.CloseInput = true;
        return settings;
    }

    // Names that lead out of the package name no part: nothing refers to them, and nothing is unpacked by name.
    private void AddEntry(ZipArchiveEntry entry)
    {
        string name = entry.FullName.Replace('\\', '/');
        if (name.EndsWith('/') || name.StartsWith('/') || name.Split('/').Any(part => part is "" or "." or ".."))
        {
            return;
        }

        if (!_entries.TryAdd(name, entry))
        {
            throw new DocumentException(DocumentErrors.Corrupt, $"the package holds {Shorten(name)} twice");
        }
    }

    // The number of bytes that come out.
    private long Check(ZipArchiveEntry entry)
    {
        if (entry.IsEncrypted)
        {
            throw new DocumentException(DocumentErrors.Encrypted, $"the part {Shorten(entry.FullName)} has a password");
        }

        CountedStream stream = new(entry.Open(), Count);
        bool rootReached = false;
        try
        {
            using (stream)
            {
                ReadThrough(stream, ref rootReached);
                stream.CopyTo(Stream.Null);
            }
        }
        catch (XmlException) when (!rootReached && HasDoctype(new CountedStream(entry.Open(), Count)))
        {
            throw new DocumentException(DocumentErrors.UnsafeContent, $"{Shorten(entry.FullName)} holds a document type definition, which Office files never do");
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or IOException or ArgumentException)
        {
            throw new DocumentException(DocumentErrors.Corrupt, $"{Shorten(entry.FullName)} is damaged: it is not whole and well-formed XML", error);
        }

        if (stream.Crc32 != entry.Crc32)
        {
            throw new DocumentException(DocumentErrors.Corrupt, $"the checksum of {Shorten(entry.FullName)} is wrong");
        }

        return stream.Position;

        void Count(long ofPart, int more)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if ((_inflated += more) > _limits.MaxUncompressedBytes)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"the parts unpack to more than {_limits.MaxUncompressedBytes} bytes");
            }

            if (ofPart > RatioMattersFrom && ofPart / MaxRatio > entry.CompressedLength)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"{Shorten(entry.FullName)} unpacks to more than {MaxRatio} times its size");
            }
        }
    }

    private void ReadThrough(CountedStream stream, ref bool rootReached)
    {
        using XmlReader reader = XmlReader.Create(stream, StrictXml);
        while (reader.Read())
        {
            rootReached |= reader.NodeType == XmlNodeType.Element;
            if (reader.Depth > _limits.MaxDepth)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"XML elements nest deeper than {_limits.MaxDepth}");
            }
        }
    }

    // The reader's error has no code. Where a DTD is an error, but the root element is reached when DTDs are skipped
    // (unread, nothing in them takes effect), it was the DTD.
    private static bool HasDoctype(CountedStream stream)
    {
        XmlReaderSettings settings = StrictXml.Clone();
        settings.DtdProcessing = DtdProcessing.Ignore;
        settings.CloseInput = true;
        using XmlReader reader = XmlReader.Create(stream, settings);
        try
        {
            return reader.MoveToContent() == XmlNodeType.Element;
        }
        catch (Exception error) when (error is XmlException or InvalidDataException)
        {
            return false;
        }
    }
}
