namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>White space and line breaks as Python's <c>str</c> sees them. All of them lie in the basic plane.</summary>
internal static class Whitespace
{
    /// <summary><c>str.isspace</c>: Unicode's white space and the four ASCII separators.</summary>
    internal static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>The breaks of <c>str.splitlines</c>; a carriage return with a line feed is one of them.</summary>
    internal static bool IsLineBreak(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029';

    /// <summary>Whether there is nothing else in the text.</summary>
    internal static bool IsAll(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!IsSpace(c))
            {
                return false;
            }
        }

        return true;
    }

    internal static string Strip(string text) => StripStart(StripEnd(text));

    internal static string StripStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    internal static string StripEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
