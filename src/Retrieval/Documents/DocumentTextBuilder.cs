using System.Text;

namespace LlmPlatform.Retrieval.Documents;

/// <summary>
/// Builds a document's text block by block, so that every block knows where it stands; keeps the path of headings. Holds
/// the limits on the text's length and the number of blocks.
/// </summary>
public sealed class DocumentTextBuilder(DocumentLimits limits)
{
    private readonly StringBuilder _text = new();
    private readonly List<DocumentBlock> _blocks = [];
    private readonly List<(int Level, string Text)> _headings = [];

    /// <summary>The page or slide of the blocks that follow.</summary>
    public int? Page { get; set; }

    /// <summary>The sheet of the blocks that follow.</summary>
    public string? Sheet { get; set; }

    /// <summary>UTF-16 code units so far.</summary>
    public int Length => _text.Length;

    /// <summary>Blocks so far.</summary>
    public IReadOnlyList<DocumentBlock> Blocks => _blocks;

    /// <summary>The headings above what follows.</summary>
    public IReadOnlyList<string> Headings => [.. _headings.Select(heading => heading.Text)];

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Adds a heading; it ends those of its level and below. Blank ones are left out.</summary>
    public void AddHeading(int level, string text)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return;
        }

        _headings.RemoveAll(heading => heading.Level >= level);
        _headings.Add((level, text));
        Add(new DocumentBlock { Kind = BlockKind.Heading, Start = 0, End = 0, Level = level }, text);
    }

    /// <summary>Forgets all headings, for example where another sheet or slide begins.</summary>
    public void ClearHeadings() => _headings.Clear();

    /// <summary>Adds a paragraph, an item, a quotation or code. Blank ones are left out.</summary>
    public void Add(BlockKind kind, string text, int depth = 0, bool ordered = false)
    {
        text = kind == BlockKind.Code ? text.TrimEnd() : text.Trim();
        if (text.Length > 0)
        {
            Add(new DocumentBlock { Kind = kind, Start = 0, End = 0, Depth = depth, Ordered = ordered }, text);
        }
    }

    /// <summary>
    /// Adds a table: a row a line, cells parted by tabs (line ends and tabs within cells become spaces). Rows without any
    /// text are left out.
    /// </summary>
    public void AddTable(IEnumerable<(IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader)> rows)
    {
        Separate();
        int start = _text.Length;
        List<TableRow> result = [];
        int cellCount = 0;
        foreach ((IReadOnlyList<(string Text, string? Reference)> cells, bool isHeader) in rows)
        {
            if (cells.All(cell => string.IsNullOrWhiteSpace(cell.Text)))
            {
                continue;
            }

            Require(cellCount += cells.Count, limits.MaxParts, "cells");
            if (_text.Length > start)
            {
                _text.Append('\n');
            }

            int rowStart = _text.Length;
            List<TableCell> places = new(cells.Count);
            foreach ((string text, string? reference) in cells)
            {
                if (places.Count > 0)
                {
                    _text.Append('\t');
                }

                int cellStart = _text.Length;
                _text.Append(text.Trim().ReplaceLineEndings(" ").Replace('\t', ' '));
                places.Add(new TableCell(cellStart, _text.Length, reference));
                Require(_text.Length, limits.MaxTextLength, "characters of text");
            }

            result.Add(new TableRow(rowStart, _text.Length, places, isHeader));
        }

        if (result.Count > 0)
        {
            Append(new DocumentBlock { Kind = BlockKind.Table, Start = start, End = _text.Length, Rows = result });
        }
    }

    private static void Require(long value, long most, string what)
    {
        if (value > most)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {most} {what}");
        }
    }

    private void Add(DocumentBlock block, string text)
    {
        Require((long)_text.Length + text.Length, limits.MaxTextLength, "characters of text");
        Separate();
        int start = _text.Length;
        _text.Append(text);
        Append(block with { Start = start, End = _text.Length });
    }

    private void Append(DocumentBlock block)
    {
        Require(_blocks.Count + 1, limits.MaxParts, "blocks");
        _blocks.Add(block with { Headings = Headings, Page = Page, Sheet = Sheet });
    }

    // A blank line between blocks.
    private void Separate()
    {
        if (_text.Length > 0)
        {
            _text.Append("\n\n");
        }
    }
}
