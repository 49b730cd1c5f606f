namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>What stands next on a page: a line, or a table.</summary>
/// <param name="Line">The line; null: it is a table.</param>
/// <param name="Rows">The table's rows, from left to right, an empty text where a cell is missing.</param>
internal sealed record PageElement(TextLine? Line, IReadOnlyList<IReadOnlyList<string>>? Rows)
{
    /// <summary>Whether the first row names the columns.</summary>
    public bool HasHeader { get; init; }
}
