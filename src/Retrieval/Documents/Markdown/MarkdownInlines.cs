using System.Text;
using System.Text.RegularExpressions;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>
/// Text without markup: emphasis, link targets and HTML tags go; the words of links, images and code stay. A line break of
/// the source is a space, a hard one a line end.
/// </summary>
internal static partial class MarkdownInlines
{
    private const int MostLevels = 300;

    public static string Text(ContainerInline? inlines)
    {
        StringBuilder text = new();
        string? hidden = null;
        Add(text, inlines, 0, ref hidden);
        return text.ToString();
    }

    /// <summary>
    /// A heading's text, without the id that some dialects let follow in braces: {#id}, or in MDX {/*id*/}, of which the
    /// stars have been taken for emphasis.
    /// </summary>
    public static string HeadingText(ContainerInline? inlines) => TrailingId().Replace(Text(inlines), "");

    private static void Add(StringBuilder text, ContainerInline? container, int level, ref string? hidden)
    {
        if (level > MostLevels)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"Markdown nested more than {MostLevels} levels deep");
        }

        for (Inline? inline = container?.FirstChild; inline is not null; inline = inline.NextSibling)
        {
            if (inline is HtmlInline html)
            {
                AddTag(text, html.Tag, ref hidden);
            }
            else if (hidden is null)
            {
                Add(text, inline, level, ref hidden);
            }
        }
    }

    private static void Add(StringBuilder text, Inline inline, int level, ref string? hidden)
    {
        switch (inline)
        {
            case LiteralInline literal:
                text.Append(literal.Content.AsSpan());
                break;
            case CodeInline code:
                text.Append(code.Content);
                break;
            case LineBreakInline lineBreak:
                text.Append(lineBreak.IsHard ? '\n' : ' ');
                break;
            case HtmlEntityInline entity:
                text.Append(entity.Transcoded.AsSpan());
                break;
            case AutolinkInline link:
                text.Append(link.Url);
                break;
            case FootnoteLink or TaskList:
                break;
            case DelimiterInline delimiter:
                text.Append(delimiter.ToLiteral());
                Add(text, delimiter, level + 1, ref hidden);
                break;
            case ContainerInline nested:
                Add(text, nested, level + 1, ref hidden);
                break;
        }
    }

    // <br> separates; what scripts and style sheets hold is no text.
    private static void AddTag(StringBuilder text, string tag, ref string? hidden)
    {
        Match match = TagName().Match(tag);
        string name = match.Groups[2].Value.ToLowerInvariant();
        bool closes = match.Groups[1].Length > 0;
        if (hidden is not null)
        {
            hidden = closes && name == hidden ? null : hidden;
        }
        else if (name == "br")
        {
            text.Append('\n');
        }
        else if (!closes && name is "script" or "style" or "template")
        {
            hidden = name;
        }
    }

    [GeneratedRegex("^<(/?)([a-zA-Z][a-zA-Z0-9]*)")]
    private static partial Regex TagName();

    [GeneratedRegex(@"\s*\{(?:[#.][^{}]*|/\*?[^{}]*/)\}\s*$")]
    private static partial Regex TrailingId();
}
