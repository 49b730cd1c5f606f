using System.IO.Compression;

namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>Inflates a stream, counting; a damaged one gives what comes before the damage.</summary>
internal static class Inflating
{
    private const int HeaderLength = 2;

    /// <summary>The bytes that a zlib stream (RFC 1950; its checksum is not asked for) holds.</summary>
    public static Memory<byte> Inflate(Memory<byte> input, ReadingBudget budget)
    {
        // Writers may leave a line end before the data.
        ReadOnlySpan<byte> bytes = input.Span;
        int start = 0;
        while (start < bytes.Length && bytes[start] is (byte)'\r' or (byte)'\n')
        {
            start++;
        }

        bool hasHeader = bytes.Length - start >= HeaderLength && (bytes[start] & 0x0F) == 8
            && ((bytes[start] << 8) | bytes[start + 1]) % 31 == 0;
        using MemoryStream source = new(input[(hasHeader ? start + HeaderLength : start)..].ToArray());
        using DeflateStream inflating = new(source, CompressionMode.Decompress);
        MemoryStream output = new();
        byte[] piece = new byte[1 << 16];
        try
        {
            int read;
            while ((read = inflating.Read(piece)) > 0)
            {
                output.Write(piece, 0, read);
                if (output.Length > budget.MaxStream)
                {
                    break;
                }
            }
        }
        catch (InvalidDataException)
        {
            // What was inflated so far is what can be had.
        }

        budget.AddDecoded(output.Length);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
