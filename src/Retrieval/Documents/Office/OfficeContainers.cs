using System.Buffers.Binary;
using System.Xml;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office;

/// <summary>Tells Office documents from other containers by their content.</summary>
public static class OfficeContainers
{
    private const int DirectoryEntryBytes = 128;

    private static ReadOnlySpan<byte> CompoundSignature => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    // The stream that holds the whole encrypted package ([MS-OFFCRYPTO] 2.3.1), UTF-16LE with its closing zero.
    private static ReadOnlySpan<byte> EncryptedPackage => "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0\0\0"u8;

    /// <summary>
    /// The kind of Office document that these bytes are (<see cref="DocumentKinds.Docx"/>, <see cref="DocumentKinds.Pptx"/>
    /// or <see cref="DocumentKinds.Xlsx"/>), by the media type of its main part; null: neither a zip file nor a compound
    /// file, or a zip file of something else.
    /// </summary>
    /// <exception cref="DocumentException">
    /// A zip file that is damaged or unsafe; an encrypted Office document (encrypted); another compound file, such as an
    /// old .doc, .xls or .ppt (unsupported_type).
    /// </exception>
    public static string? Detect(ReadOnlyMemory<byte> bytes)
    {
        RequireNotCompound(bytes.Span);
        if (!bytes.Span.StartsWith("PK\x03\x04"u8) && !bytes.Span.StartsWith("PK\x05\x06"u8))
        {
            return null;
        }

        using OfficeArchive archive = new(bytes, new DocumentLimits(), CancellationToken.None);
        if (!archive.Contains("[Content_Types].xml"))
        {
            return null;
        }

        return OfficePackage.MainPart(archive) is { } main ? KindOf(ContentType(archive, main.Target)) : null;
    }

    /// <summary>Throws where the bytes are an OLE compound file.</summary>
    internal static void RequireNotCompound(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(CompoundSignature))
        {
            return;
        }

        throw HoldsEncryptedPackage(bytes)
            ? new DocumentException(DocumentErrors.Encrypted, "the document has a password; save it without one")
            : new DocumentException(DocumentErrors.UnsupportedType, "an old binary Office document (.doc, .xls, .ppt or the like); save it as .docx, .xlsx or .pptx");
    }

    // Sectors are 512 or 4,096 bytes, so entries of the directory ([MS-CFB] 2.6.1) stand at multiples of 128: name,
    // its length in bytes at 64, type at 66 (2: stream).
    private static bool HoldsEncryptedPackage(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at + DirectoryEntryBytes <= bytes.Length; at += DirectoryEntryBytes)
        {
            ReadOnlySpan<byte> entry = bytes.Slice(at, DirectoryEntryBytes);
            if (entry[66] == 2
                && BinaryPrimitives.ReadUInt16LittleEndian(entry[64..]) == EncryptedPackage.Length
                && entry.StartsWith(EncryptedPackage))
            {
                return true;
            }
        }

        return false;
    }

    private static string? ContentType(OfficeArchive archive, string part)
    {
        string? byExtension = null;
        using XmlReader reader = archive.OpenXml("[Content_Types].xml");
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.LocalName == "Override"
                && string.Equals(reader.GetAttribute("PartName")?.TrimStart('/'), part, StringComparison.OrdinalIgnoreCase))
            {
                return reader.GetAttribute("ContentType");
            }

            if (reader.LocalName == "Default"
                && reader.GetAttribute("Extension") is { Length: > 0 } extension
                && part.EndsWith($".{extension}", StringComparison.OrdinalIgnoreCase))
            {
                byExtension = reader.GetAttribute("ContentType");
            }
        }

        return byExtension;
    }

    // Documents, templates, shows and those with macros (never run), transitional and strict; not the binary workbook.
    private static string? KindOf(string? contentType)
    {
        if (contentType is null || !contentType.EndsWith("main+xml", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return Holds("wordprocessingml") || Holds("ms-word") ? DocumentKinds.Docx
            : Holds("presentationml") || Holds("ms-powerpoint") ? DocumentKinds.Pptx
            : Holds("spreadsheetml") || Holds("ms-excel") ? DocumentKinds.Xlsx
            : null;

        bool Holds(string word) => contentType.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
