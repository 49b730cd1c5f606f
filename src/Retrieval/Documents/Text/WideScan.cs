using System.Globalization;

namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>Finds UTF-16 and UTF-32 without a byte order mark.</summary>
internal static class WideScan
{
    private const int SampleBytes = 64 << 10;

    private static readonly Charset[] Candidates = [Charset.Utf32Le, Charset.Utf32Be, Charset.Utf16Le, Charset.Utf16Be];

    /// <summary>
    /// The character set, or null. Such text holds bytes that are 0 (of spaces and line ends at least). Read with the wrong
    /// byte order, Latin letters become ideographs, so the reading with most ASCII and Hangul wins, and nearly all of
    /// its characters must be ones that texts have.
    /// </summary>
    public static Charset? Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || !bytes.Contains((byte)0))
        {
            return null;
        }

        Charset? best = null;
        double most = 0.1;
        foreach (Charset candidate in Candidates)
        {
            int unit = candidate.Name.StartsWith("utf-32", StringComparison.Ordinal) ? 4 : 2;
            int length = Math.Min(bytes.Length, SampleBytes) / unit * unit;
            double familiar = Familiar(candidate.Encoding.GetString(bytes[..length]));
            (best, most) = familiar > most ? (candidate, familiar) : (best, most);
        }

        return best;
    }

    // The share of ASCII and Hangul; 0 where too much is no text.
    private static double Familiar(string text)
    {
        int strange = 0;
        int familiar = 0;
        foreach (char character in text)
        {
            if (character is (>= ' ' and <= '~') or '\t' or '\n' or '\r' or (>= '\uAC00' and <= '\uD7A3'))
            {
                familiar++;
            }
            else if (character == '\uFFFD' || char.GetUnicodeCategory(character) is UnicodeCategory.Control
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            {
                strange++;
            }
        }

        return text.Length == 0 || strange * 50 > text.Length ? 0 : (double)familiar / text.Length;
    }
}
