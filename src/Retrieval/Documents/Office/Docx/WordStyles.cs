using System.Text.RegularExpressions;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>
/// What a Word document's styles say about paragraphs. Style ids mean nothing ("1", "a3"): a style is known by its name
/// or by the styles that it is based on.
/// </summary>
internal sealed partial class WordStyles
{
    private const int LongestChain = 64;
    private const int BodyText = 9;

    private readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);

    /// <summary>Reads the styles, one at a time.</summary>
    public WordStyles(StyleDefinitionsPart? part, CancellationToken cancellationToken)
    {
        if (part is null)
        {
            return;
        }

        using OpenXmlReader reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.IsStartElement && reader.LocalName == "style" && reader.LoadCurrentElement() is { } element)
            {
                Add(element);
            }
        }
    }

    /// <summary>The level of a paragraph that is a heading, from 1; 0: it is none.</summary>
    /// <param name="properties">Its w:pPr; null: none.</param>
    public int HeadingLevel(OpenXmlElement? properties)
    {
        // An outline level of its own comes before the style's (w:outlineLvl 0 to 8; 9 is body text).
        if (int.TryParse(properties.ChildValue("w:outlineLvl"), out int own))
        {
            return own is >= 0 and < BodyText ? own + 1 : 0;
        }

        foreach (Style style in Chain(properties.ChildValue("w:pStyle")))
        {
            Match match = HeadingName().Match(style.Name);
            if (match.Success)
            {
                return match.Groups[1].ValueSpan[0] - '0';
            }

            if (style.OutlineLevel is { } level)
            {
                return level is >= 0 and < BodyText ? level + 1 : 0;
            }
        }

        return 0;
    }

    /// <summary>What a paragraph that is no heading is, by the names of its styles.</summary>
    public BlockKind Kind(OpenXmlElement? properties)
    {
        foreach (Style style in Chain(properties.ChildValue("w:pStyle")))
        {
            if (CodeName().IsMatch(style.Name))
            {
                return BlockKind.Code;
            }

            if (QuoteName().IsMatch(style.Name))
            {
                return BlockKind.Quote;
            }
        }

        return BlockKind.Paragraph;
    }

    /// <summary>Whether a paragraph is the document's title.</summary>
    public bool IsTitle(OpenXmlElement? properties) =>
        Chain(properties.ChildValue("w:pStyle")).Any(style => style.Name.Equals("title", StringComparison.OrdinalIgnoreCase));

    /// <summary>The list that a paragraph belongs to and its depth in it, from 0; null: to none.</summary>
    public (int List, int Depth)? List(OpenXmlElement? properties)
    {
        OpenXmlElement? own = properties.Child("w:numPr");
        int? list = Number(own.ChildValue("w:numId"));
        int? depth = Number(own.ChildValue("w:ilvl"));
        foreach (Style style in Chain(properties.ChildValue("w:pStyle")))
        {
            list ??= style.List;
            depth ??= style.Depth;
            if (list is not null && depth is null or 0 && ListName().Match(style.Name) is { Success: true } match)
            {
                depth = match.Groups[1].ValueSpan[0] - '1';
            }
        }

        // List 0 takes a paragraph out of its style's list.
        return list is null or 0 ? null : (list.Value, Math.Clamp(depth ?? 0, 0, 8));
    }

    /// <summary>Whether a run (by its w:rPr) is hidden text.</summary>
    public bool IsHidden(OpenXmlElement? properties)
    {
        if (properties is null)
        {
            return false;
        }

        return properties.Switch("w:vanish")
            ?? Chain(properties.ChildValue("w:rStyle")).Select(style => style.Hidden).FirstOrDefault(hidden => hidden is not null)
            ?? false;
    }

    // Word writes "heading 1" in every language; other programs translate it.
    [GeneratedRegex(@"^\s*(?:heading|제목|개요|überschrift|titre|título|titolo|見出し|标题|標題|заголовок|kop|rubrik|nagłówek)\s*([1-9])\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadingName();

    [GeneratedRegex("^(?:source code|html preformatted|preformatted text|macro text|macro|plain text|code)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CodeName();

    [GeneratedRegex("^(?:quote|intense quote|quotations|block text|block quote)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuoteName();

    // Word's own list styles of depth 2 to 5 are lists of their own, each of depth 0.
    [GeneratedRegex("^list (?:bullet|number|continue)? ?([2-5])$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ListName();

    private static int? Number(string? text) => int.TryParse(text, out int number) ? number : null;

    private void Add(OpenXmlElement element)
    {
        if (element.Attribute("styleId") is not { } id)
        {
            return;
        }

        OpenXmlElement? paragraph = element.Child("w:pPr");
        OpenXmlElement? list = paragraph.Child("w:numPr");
        _styles.TryAdd(id, new Style(
            element.ChildValue("w:name") ?? string.Empty,
            element.ChildValue("w:basedOn"),
            Number(paragraph.ChildValue("w:outlineLvl")),
            Number(list.ChildValue("w:numId")),
            Number(list.ChildValue("w:ilvl")),
            element.Child("w:rPr").Switch("w:vanish")));
    }

    // A style and those it is based on; they may lead back to it.
    private IEnumerable<Style> Chain(string? id)
    {
        for (int steps = 0; id is not null && steps < LongestChain && _styles.TryGetValue(id, out Style? style); steps++)
        {
            yield return style;
            id = style.BasedOn;
        }
    }

    private sealed record Style(string Name, string? BasedOn, int? OutlineLevel, int? List, int? Depth, bool? Hidden);
}
