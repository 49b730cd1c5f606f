namespace LlmPlatform.Retrieval.Documents.Detection;

/// <summary>The first bytes of files that are no documents, or documents of kinds that are not read.</summary>
internal static class FileSignatures
{
    private static readonly (byte[] Start, string Name)[] Known =
    [
        ("\u007FELF"u8.ToArray(), "an ELF program"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF87a"u8.ToArray(), "a GIF image"),
        ("GIF89a"u8.ToArray(), "a GIF image"),
        ("II*\0"u8.ToArray(), "a TIFF image"),
        ("MM\0*"u8.ToArray(), "a TIFF image"),
        ([0x1F, 0x8B], "a gzip archive"),
        ("BZh"u8.ToArray(), "a bzip2 archive"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz archive"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive"),
        ("Rar!\u001A\u0007"u8.ToArray(), "a RAR archive"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive"),
        ("SQLite format 3\0"u8.ToArray(), "an SQLite database"),
        ("OggS\0"u8.ToArray(), "an Ogg file"),
        ("ID3"u8.ToArray(), "an MP3 file"),
        ([0xCA, 0xFE, 0xBA, 0xBE], "a class file"),
        ("\0asm"u8.ToArray(), "a WebAssembly module"),
        ("{\\rtf"u8.ToArray(), "an RTF document"),
    ];

    /// <summary>What the file is, in words; null where no signature is known.</summary>
    public static string? Describe(ReadOnlySpan<byte> bytes)
    {
        foreach ((byte[] start, string name) in Known)
        {
            // Three letters may begin a text too; such files are full of zeros.
            if (bytes.StartsWith(start) && (start.Length > 3 || start[0] >= 0x80 || start[0] < 0x20 || bytes.Contains((byte)0)))
            {
                return name;
            }
        }

        return null;
    }
}
