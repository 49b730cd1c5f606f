using System.Text;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>
/// Keeps pages that nest without end from the tree's builder, whose work for a tag grows with the number of elements that
/// are open (HTML asks for it). Browsers too stop nesting at some depth: what comes deeper belongs to the last level.
/// </summary>
internal static class HtmlGuard
{
    // Elements without content, and those that the next of their kind closes: they do not nest.
    private static readonly HashSet<string> Flat = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "rp", "rt",
        "html", "head", "body",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> FlatNames = Flat.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The page, without the tags of elements that nest too deep; the very same string where there are none.</summary>
    /// <exception cref="DocumentException">There are more tags than the limit of parts.</exception>
    public static string Flatten(string html, DocumentLimits limits, CancellationToken cancellationToken)
    {
        if (html.AsSpan().Count('<') is int tags && tags > limits.MaxParts)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"{tags} tags; at most {limits.MaxParts} are read");
        }

        StringBuilder? result = null;
        int copied = 0;
        int level = 0;
        for (int at = html.IndexOf('<', StringComparison.Ordinal); at >= 0; at = html.IndexOf('<', at + 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool closes = at + 1 < html.Length && html[at + 1] == '/';
            int nameStart = at + (closes ? 2 : 1);
            int nameEnd = nameStart;
            while (nameEnd < html.Length && char.IsAsciiLetterOrDigit(html[nameEnd]))
            {
                nameEnd++;
            }

            if (nameEnd == nameStart || FlatNames.Contains(html.AsSpan(nameStart, nameEnd - nameStart)))
            {
                continue;
            }

            bool tooDeep = closes ? level > limits.MaxDepth : level >= limits.MaxDepth;
            level = closes ? Math.Max(0, level - 1) : level + 1;
            int end = tooDeep ? html.IndexOf('>', nameEnd) : -1;
            if (end >= 0)
            {
                result ??= new StringBuilder(html.Length);
                result.Append(html, copied, at - copied).Append(' ');
                copied = end + 1;
                at = end;
            }
        }

        return result is null ? html : result.Append(html, copied, html.Length - copied).ToString();
    }
}
