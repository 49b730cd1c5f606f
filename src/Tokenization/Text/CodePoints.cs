using System.Text;

namespace LlmPlatform.Tokenization.Text;

/// <summary>Between strings (UTF-16) and code points.</summary>
internal static class CodePoints
{
    public const int Replacement = 0xFFFD;

    /// <summary>Appends the code points of a text; a lone half of a surrogate pair becomes U+FFFD, as it has no UTF-8.</summary>
    public static void Decode(ReadOnlySpan<char> text, List<int> codePoints)
    {
        codePoints.EnsureCapacity(codePoints.Count + text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char unit = text[i];
            if (!char.IsSurrogate(unit))
            {
                codePoints.Add(unit);
            }
            else if (char.IsHighSurrogate(unit) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                codePoints.Add(char.ConvertToUtf32(unit, text[++i]));
            }
            else
            {
                codePoints.Add(Replacement);
            }
        }
    }

    public static int[] Decode(ReadOnlySpan<char> text)
    {
        var codePoints = new List<int>(text.Length);
        Decode(text, codePoints);
        return [.. codePoints];
    }

    public static string Encode(ReadOnlySpan<int> codePoints)
    {
        if (codePoints.Length <= 128)
        {
            Span<char> buffer = stackalloc char[256];
            return new string(buffer[..Encode(codePoints, buffer)]);
        }

        char[] large = new char[codePoints.Length * 2];
        return new string(large, 0, Encode(codePoints, large));
    }

    /// <summary>Writes UTF-16; the destination has room for two units per code point. Returns the number of units.</summary>
    public static int Encode(ReadOnlySpan<int> codePoints, Span<char> destination)
    {
        int count = 0;
        foreach (int codePoint in codePoints)
        {
            if (codePoint < 0x10000)
            {
                destination[count++] = (char)codePoint;
            }
            else
            {
                destination[count++] = (char)(0xD7C0 + (codePoint >> 10));
                destination[count++] = (char)(0xDC00 | (codePoint & 0x3FF));
            }
        }

        return count;
    }

    public static int Utf8Length(int codePoint) => codePoint switch
    {
        < 0x80 => 1,
        < 0x800 => 2,
        < 0x10000 => 3,
        _ => 4,
    };

    public static int Utf8Length(ReadOnlySpan<int> codePoints)
    {
        int length = 0;
        foreach (int codePoint in codePoints)
        {
            length += Utf8Length(codePoint);
        }

        return length;
    }

    /// <summary>Writes the UTF-8 of a code point (no surrogate); returns the number of bytes.</summary>
    public static int EncodeUtf8(int codePoint, Span<byte> destination) => new Rune(codePoint).EncodeToUtf8(destination);
}
