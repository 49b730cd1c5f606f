using System.Text;

namespace LlmPlatform.Gateway.StartPage;

/// <summary>
/// Puts pages together: <c>layout.html</c> is what all of them share, a page's own file is its main part, and a line
/// <c>&lt;!-- name.html --&gt;</c> in it stands for a part that several pages have.
/// </summary>
internal static class PageLayout
{
    private const string Layout = "layout.html";
    private const string Head = "<!-- head -->";
    private const string Main = "<!-- main -->";

    // Parts that several pages have.
    private static readonly string[] Parts = ["answer.html"];

    /// <param name="read">The text of a file.</param>
    /// <param name="page">The file with the page's main part.</param>
    /// <param name="script">Its script.</param>
    /// <param name="styles">Its style sheets, after the one that all pages have.</param>
    public static string Compose(Func<string, string> read, string page, string script, params ReadOnlySpan<string> styles)
    {
        StringBuilder head = new();
        foreach (string style in styles)
        {
            head.Append($"<link rel=\"stylesheet\" href=\"/{style}\">\n");
        }

        head.Append($"<script type=\"module\" src=\"/{script}\"></script>");
        string composed = Replace(Replace(read(Layout), Head, head.ToString()), Main, read(page));
        foreach (string part in Parts)
        {
            composed = Replace(composed, $"<!-- {part} -->", read(part));
        }

        return composed;
    }

    /// <summary>Puts a text in the place of a line's mark, each of its lines as far from the edge as the mark was.</summary>
    private static string Replace(string text, string mark, string replacement)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        int line = text.LastIndexOf('\n', at) + 1;
        string[] lines = replacement.TrimEnd().Split('\n');
        string indented = string.Join('\n', lines.Select(one => one.Length == 0 ? one : text[line..at] + one));
        return text[..line] + indented + text[(at + mark.Length)..];
    }
}
