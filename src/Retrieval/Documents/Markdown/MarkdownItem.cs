namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>A block of a Markdown source: where it stands with its markup, and its text without.</summary>
internal sealed record MarkdownItem(BlockKind Kind, int Start, int End, string Text)
{
    public int Level { get; init; }

    public int Depth { get; init; }

    public bool Ordered { get; init; }

    public IReadOnlyList<MarkdownRow> Rows { get; init; } = [];

    /// <summary>Whether <see cref="Text"/> is HTML, which is read as such.</summary>
    public bool IsHtml { get; init; }
}

/// <summary>A row of a table in the source.</summary>
internal sealed record MarkdownRow(int Start, int End, IReadOnlyList<MarkdownCell> Cells, bool IsHeader);

/// <summary>A cell: its place in the source, and its text without markup.</summary>
internal sealed record MarkdownCell(int Start, int End, string Text);
