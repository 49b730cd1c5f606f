using LlmPlatform.Retrieval.Documents.Html;

namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>The blocks of a Markdown source, markup included.</summary>
public static class MarkdownBlocks
{
    /// <summary>
    /// The blocks, with offsets into the source: a heading with its marks, an item from its marker on, code with its fences.
    /// Comments and other HTML without words are left out.
    /// </summary>
    /// <param name="source">Lines end in \n.</param>
    /// <exception cref="DocumentException">It is nested too deep.</exception>
    public static IReadOnlyList<DocumentBlock> Split(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        List<DocumentBlock> blocks = [];
        List<(int Level, string Text)> headings = [];
        foreach (MarkdownItem item in MarkdownReader.Read(source, CancellationToken.None).Items)
        {
            if (item.IsHtml && HtmlFragment.Text(item.Text).Length == 0)
            {
                continue;
            }

            if (item.Kind == BlockKind.Heading)
            {
                headings.RemoveAll(heading => heading.Level >= item.Level);
                headings.Add((item.Level, item.Text.Trim()));
            }

            blocks.Add(new DocumentBlock
            {
                Kind = item.Kind,
                Start = item.Start,
                End = item.End,
                Level = item.Level,
                Depth = item.Depth,
                Ordered = item.Ordered,
                Headings = [.. headings.Select(heading => heading.Text)],
                Rows = [.. item.Rows.Select(row => new TableRow(
                    row.Start, row.End, [.. row.Cells.Select(cell => new TableCell(cell.Start, cell.End))], row.IsHeader))],
            });
        }

        return blocks;
    }
}
