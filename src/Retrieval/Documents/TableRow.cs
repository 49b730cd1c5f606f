namespace LlmPlatform.Retrieval.Documents;

/// <summary>A row of a table.</summary>
/// <param name="Start">Its first UTF-16 code unit in <see cref="ParsedDocument.Text"/>.</param>
/// <param name="End">Behind its last one.</param>
/// <param name="Cells">Its cells, from left to right.</param>
/// <param name="IsHeader">Whether it names the columns; it goes before every chunk of a long table.</param>
public sealed record TableRow(int Start, int End, IReadOnlyList<TableCell> Cells, bool IsHeader = false);

/// <summary>A cell of a table.</summary>
/// <param name="Start">Its first UTF-16 code unit in <see cref="ParsedDocument.Text"/>.</param>
/// <param name="End">Behind its last one.</param>
/// <param name="Reference">A spreadsheet's name for it, for example B7.</param>
public sealed record TableCell(int Start, int End, string? Reference = null);
