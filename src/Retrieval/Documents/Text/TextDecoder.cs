using System.Text;

namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>Bytes of text files to text.</summary>
internal static class TextDecoder
{
    /// <summary>The text.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Holds the text's length.</param>
    /// <param name="declared">The character set that the content names; a byte order mark goes before it.</param>
    /// <exception cref="DocumentException">It is no text, or longer than the limit.</exception>
    public static DecodedText Decode(ReadOnlySpan<byte> bytes, DocumentLimits limits, Charset? declared = null)
    {
        DecodedText? text = TryDecode(bytes, declared);
        if (text is null)
        {
            throw new DocumentException(DocumentErrors.UnsupportedType, "the content is not text: too many control characters");
        }

        if (text.Text.Length > limits.MaxTextLength)
        {
            throw new DocumentException(
                DocumentErrors.LimitExceeded, $"{text.Text.Length} characters of text; at most {limits.MaxTextLength} are read");
        }

        return text;
    }

    /// <summary>The text, or null where the bytes are no text.</summary>
    public static DecodedText? TryDecode(ReadOnlySpan<byte> bytes, Charset? declared = null)
    {
        Charset charset = CharsetDetector.FromMark(bytes) ?? declared ?? CharsetDetector.Detect(bytes);
        string text = charset.Encoding.GetString(bytes[charset.Preamble..]);
        return IsText(text) ? Finish(text, charset.Name) : null;
    }

    // Binary files are full of control characters, whatever they are read as. A stray one is none the less allowed.
    private static bool IsText(string text)
    {
        int strange = 0;
        foreach (char character in text)
        {
            bool control = character is (< ' ' and not ('\t' or '\n' or '\r' or '\f' or '\v' or '\u001B' or '\u001A'))
                or (>= '\u007F' and <= '\u009F' and not '\u0085') or '\uFFFE' or '\uFFFF';
            strange += control ? 1 : 0;
        }

        return strange <= text.Length / 100;
    }

    // Line ends to \n; NUL, which some stores take for the end of a text, to U+FFFD.
    private static DecodedText Finish(string text, string charset)
    {
        int replaced = text.AsSpan().Count('\uFFFD');
        if (text.AsSpan().ContainsAny('\r', '\0'))
        {
            StringBuilder result = new(text);
            text = result.Replace("\r\n", "\n").Replace('\r', '\n').Replace('\0', '\uFFFD').ToString();
        }

        return new DecodedText(text, charset, replaced);
    }
}
