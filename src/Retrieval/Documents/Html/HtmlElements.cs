using AngleSharp.Dom;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>What elements do to the text: which are left out, and which begin a block of their own.</summary>
internal static class HtmlElements
{
    private static readonly HashSet<string> Unseen = new(StringComparer.Ordinal)
    {
        "script", "style", "template", "nav", "aside", "head", "iframe", "object", "embed", "canvas", "audio", "video", "svg",
        "rp", "datalist", "noframes",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
        "legend", "li", "listing", "main", "menu", "ol", "optgroup", "option", "p", "plaintext", "pre", "search", "section",
        "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul", "xmp",
    };

    public static bool IsBlock(string name) => Blocks.Contains(name);

    /// <summary>A heading's level, 1 to 6; 0 for other elements.</summary>
    public static int HeadingLevel(string name) =>
        name.Length == 2 && name[0] == 'h' && name[1] is >= '1' and <= '6' ? name[1] - '0' : 0;

    public static bool KeepsSpace(string name) => name is "pre" or "textarea" or "listing" or "xmp" or "plaintext";

    /// <summary>
    /// Whether a reader does not see it: what is no text or hidden, navigation and asides, and the headers and footers of the
    /// page (those of an article belong to it).
    /// </summary>
    public static bool IsLeftOut(IElement element, bool inArticle)
    {
        string name = element.LocalName;
        return Unseen.Contains(name)
            || (!inArticle && name is "header" or "footer")
            || element.HasAttribute("hidden")
            || IsDisplayNone(element.GetAttribute("style"));
    }

    private static bool IsDisplayNone(string? style)
    {
        if (style is null)
        {
            return false;
        }

        foreach (Range part in style.AsSpan().Split(';'))
        {
            ReadOnlySpan<char> declaration = style.AsSpan(part);
            int colon = declaration.IndexOf(':');
            if (colon > 0
                && declaration[..colon].Trim().Equals("display", StringComparison.OrdinalIgnoreCase)
                && declaration[(colon + 1)..].Trim().StartsWith("none", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
