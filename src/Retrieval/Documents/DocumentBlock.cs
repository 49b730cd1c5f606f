namespace LlmPlatform.Retrieval.Documents;

/// <summary>A piece of a document: where it stands in the text, and below what.</summary>
public sealed record DocumentBlock
{
    /// <summary>What it is.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>Its first UTF-16 code unit in <see cref="ParsedDocument.Text"/>.</summary>
    public required int Start { get; init; }

    /// <summary>Behind its last one.</summary>
    public required int End { get; init; }

    /// <summary>The headings above it, from the top level down; a heading's own text is the last.</summary>
    public IReadOnlyList<string> Headings { get; init; } = [];

    /// <summary>A heading's level, from 1; 0 for other blocks.</summary>
    public int Level { get; init; }

    /// <summary>How deep an item's list is nested, from 0.</summary>
    public int Depth { get; init; }

    /// <summary>Whether an item is of a numbered list.</summary>
    public bool Ordered { get; init; }

    /// <summary>The page of a PDF or the slide of a presentation, from 1.</summary>
    public int? Page { get; init; }

    /// <summary>The sheet of a workbook.</summary>
    public string? Sheet { get; init; }

    /// <summary>The rows of a table.</summary>
    public IReadOnlyList<TableRow> Rows { get; init; } = [];
}
