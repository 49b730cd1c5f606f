using System.Text;

namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>A character set that bytes are read with.</summary>
/// <param name="Name">As IANA names it, in lower case; <c>cp949</c> for Windows' extension of EUC-KR.</param>
/// <param name="Encoding">What reads it; bytes that mean nothing become U+FFFD.</param>
/// <param name="Preamble">Bytes of the byte order mark, which is no text.</param>
internal sealed record Charset(string Name, Encoding Encoding, int Preamble = 0)
{
    private const string Replacement = "\uFFFD";

    public static Charset Utf8 { get; } = new("utf-8", new UTF8Encoding(false));

    public static Charset Utf16Le { get; } = new("utf-16le", new UnicodeEncoding(bigEndian: false, byteOrderMark: false));

    public static Charset Utf16Be { get; } = new("utf-16be", new UnicodeEncoding(bigEndian: true, byteOrderMark: false));

    public static Charset Utf32Le { get; } = new("utf-32le", new UTF32Encoding(bigEndian: false, byteOrderMark: false));

    public static Charset Utf32Be { get; } = new("utf-32be", new UTF32Encoding(bigEndian: true, byteOrderMark: false));

    /// <summary>EUC-KR with all modern syllables; what files labelled EUC-KR really hold.</summary>
    public static Charset Cp949 { get; } = new("cp949", CodePage(949)!);

    public static Charset Windows1252 { get; } = new("windows-1252", CodePage(1252)!);

    /// <summary>
    /// The character set of a label, as HTML's encoding standard reads labels: EUC-KR is CP949, Latin-1 is windows-1252, and
    /// UTF-16 in a label that was read as ASCII can only be UTF-8. Null: an unknown label.
    /// </summary>
    public static Charset? ForLabel(string label)
    {
        string name = label.Trim().ToLowerInvariant();
        return name switch
        {
            "utf-8" or "utf8" or "unicode-1-1-utf-8" or "utf-16" or "utf-16le" or "utf-16be" or "unicode" => Utf8,
            "euc-kr" or "cp949" or "windows-949" or "korean" or "ks_c_5601-1987" or "ks_c_5601-1989" or "ksc5601"
                or "ksc_5601" or "ks_c_5601" or "iso-ir-149" or "cseuckr" or "csksc56011987" or "uhc" => Cp949,
            "windows-1252" or "cp1252" or "iso-8859-1" or "iso8859-1" or "latin1" or "l1" or "ascii" or "us-ascii" => Windows1252,
            _ => ForName(name),
        };
    }

    /// <summary>The character set of a name that the code page provider knows.</summary>
    public static Charset? ForName(string name)
    {
        Encoding? known = name.Length is 0 or > 40 ? null : CodePagesEncodingProvider.Instance.GetEncoding(name);
        return known is null ? null : new Charset(known.WebName.ToLowerInvariant(), CodePage(known.CodePage)!);
    }

    private static Encoding? CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(
        number, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(Replacement));
}
