using System.Text;
using System.Text.RegularExpressions;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>The character set that an HTML page names in a meta element.</summary>
internal static partial class HtmlCharset
{
    private const int MostBytes = 64 << 10;

    /// <summary>
    /// The named character set, or null. Browsers look at the first 1,024 bytes; pages with the element behind long scripts
    /// are common enough to look further. Comments do not count.
    /// </summary>
    public static Charset? Declared(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, MostBytes)]);
        foreach (Match match in CommentOrMeta().Matches(text))
        {
            if (match.ValueSpan.StartsWith("<!--", StringComparison.Ordinal))
            {
                continue;
            }

            Match label = Label().Match(match.Value);
            if (label.Success && Charset.ForLabel(label.Groups[1].Value) is { } charset)
            {
                return charset;
            }
        }

        return null;
    }

    [GeneratedRegex("<!--.*?(?:-->|$)|<meta[\\s/][^>]*>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex CommentOrMeta();

    [GeneratedRegex("charset\\s*=\\s*[\"']?\\s*([a-zA-Z0-9_:.-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Label();
}
