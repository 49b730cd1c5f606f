using UtfUnknown;

namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>
/// Tells the character set of a text: byte order marks, UTF-16 by its zeros, UTF-8 by its form, CP949 by its syllables, then
/// a statistical guess for other languages, and windows-1252 for what is left.
/// </summary>
internal static class CharsetDetector
{
    private const int SampleBytes = 256 << 10;
    private const float Certain = 0.9f;

    // What the statistical guess is believed for. Of the single-byte sets of Latin letters it is not: they differ in few
    // bytes, and windows-1252 is by far the commonest.
    private static readonly HashSet<string> Guessed = new(StringComparer.OrdinalIgnoreCase)
    {
        "shift-jis", "euc-jp", "gb18030", "big5", "windows-1251", "koi8-r", "windows-1253", "windows-1255", "tis-620",
    };

    /// <summary>The character set; every text has one (whether the bytes are text at all is asked elsewhere).</summary>
    public static Charset Detect(ReadOnlySpan<byte> bytes)
    {
        if ((FromMark(bytes) ?? WideScan.Detect(bytes)) is { } unicode)
        {
            return unicode;
        }

        if (Utf8Scan.Of(bytes).IsUtf8)
        {
            return Charset.Utf8;
        }

        KoreanScan korean = KoreanScan.Of(bytes);
        return korean.IsLikely ? Charset.Cp949
            : Guess(bytes) ?? (korean.IsPossible ? Charset.Cp949 : Charset.Windows1252);
    }

    /// <summary>The character set that a byte order mark names, with the mark's length; null where there is none.</summary>
    public static Charset? FromMark(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Charset.Utf8 with { Preamble = 3 },
        [0xFF, 0xFE, 0, 0, ..] => Charset.Utf32Le with { Preamble = 4 },
        [0, 0, 0xFE, 0xFF, ..] => Charset.Utf32Be with { Preamble = 4 },
        [0xFF, 0xFE, ..] => Charset.Utf16Le with { Preamble = 2 },
        [0xFE, 0xFF, ..] => Charset.Utf16Be with { Preamble = 2 },
        _ => null,
    };

    private static Charset? Guess(ReadOnlySpan<byte> bytes)
    {
        DetectionDetail? detail = UtfUnknown.CharsetDetector.DetectFromBytes(
            bytes[..Math.Min(bytes.Length, SampleBytes)].ToArray()).Detected;
        return detail is { Confidence: >= Certain } && Guessed.Contains(detail.EncodingName)
            ? Charset.ForName(detail.EncodingName.ToLowerInvariant().Replace("shift-jis", "shift_jis", StringComparison.Ordinal))
            : null;
    }
}
