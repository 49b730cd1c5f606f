using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>How long a compressed stream becomes, counted without making it.</summary>
internal static class ExpandedLength
{
    private const int Clear = 256;
    private const int End = 257;
    private const int MostCodes = 4096;

    /// <summary>Run lengths (ISO 32000-1, 7.4.5): n below 128 copies n + 1 bytes, n above repeats one byte 257 - n times.</summary>
    public static long OfRunLength(ReadOnlySpan<byte> input)
    {
        long length = 0;
        int at = 0;
        while (at < input.Length && input[at] != 128)
        {
            int n = input[at];
            length += n < 128 ? n + 1 : 257 - n;
            at += n < 128 ? n + 2 : 2;
        }

        return length;
    }

    /// <summary>LZW (ISO 32000-1, 7.4.4): codes of 9 to 12 bits; a new code is one byte longer than the one before it.</summary>
    public static long OfLzw(ReadOnlySpan<byte> input, DictionaryToken dictionary, int filterIndex)
    {
        int early = EarlyChange(dictionary, filterIndex);
        int[] lengths = new int[MostCodes];
        lengths.AsSpan(0, Clear).Fill(1);
        int next = End + 1;
        int width = 9;
        int previous = 0;
        long length = 0;
        ulong bits = 0;
        int held = 0;
        foreach (byte value in input)
        {
            bits = (bits << 8) | value;
            held += 8;
            if (held < width)
            {
                continue;
            }

            held -= width;
            int code = (int)((bits >> held) & ((1u << width) - 1));
            if (code == End)
            {
                break;
            }

            if (code == Clear)
            {
                next = End + 1;
                width = 9;
                previous = 0;
                continue;
            }

            if (previous > 0 && next < MostCodes)
            {
                lengths[next++] = previous + 1;
            }

            previous = code < next ? Math.Max(lengths[code], 1) : previous + 1;
            length += previous;
            width = (next + early) switch { >= 2048 => 12, >= 1024 => 11, >= 512 => 10, _ => 9 };
        }

        return length;
    }

    private static int EarlyChange(DictionaryToken dictionary, int filterIndex)
    {
        if (!dictionary.TryGet(NameToken.DecodeParms, out IToken token))
        {
            return 1;
        }

        DictionaryToken? parameters = token as DictionaryToken
            ?? (token is ArrayToken several && filterIndex < several.Length ? several.Data[filterIndex] as DictionaryToken : null);
        return parameters is not null && parameters.TryGet(NameToken.Create("EarlyChange"), out NumericToken number)
            ? number.Int
            : 1;
    }
}
