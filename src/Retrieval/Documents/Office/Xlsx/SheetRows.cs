using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>A cell that holds something.</summary>
/// <param name="Address">Where it stands.</param>
/// <param name="Text">What it shows.</param>
/// <param name="IsText">Whether that is a text, not a number, date, truth value or error.</param>
internal readonly record struct SheetCell(CellAddress Address, string Text, bool IsText);

/// <summary>
/// The filled rows of a sheet, one at a time. Only what is in the file is read: neither the sheet's stated size nor merged
/// ranges make cells.
/// </summary>
internal sealed class SheetRows(WorksheetPart part, SharedStrings strings, CellFormats formats, CancellationToken cancellationToken)
{
    /// <summary>Formulas whose results are not stored; no formula is ever calculated.</summary>
    public int FormulasWithoutResult { get; private set; }

    /// <summary>Cells that refer to a shared string that is not there.</summary>
    public int LostStrings { get; private set; }

    /// <summary>Rows that hold at least one cell with text.</summary>
    public IEnumerable<IReadOnlyList<SheetCell>> Read()
    {
        using OpenXmlReader reader = OpenXmlReader.Create(part);
        int rowNumber = 0;
        while (reader.Read())
        {
            if (!reader.IsStartElement || reader.LocalName != "row" || reader.LoadCurrentElement() is not Row row)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();

            // Rows and cells without a number stand behind the one before.
            rowNumber = int.TryParse(row.RowIndex?.InnerText, out int stated) && stated is > 0 and <= CellAddress.MaxRow ? stated : rowNumber + 1;
            List<SheetCell> cells = Cells(row, rowNumber);
            if (cells.Count > 0)
            {
                yield return cells;
            }
        }
    }

    private List<SheetCell> Cells(Row row, int rowNumber)
    {
        List<SheetCell> cells = [];
        int column = 0;
        foreach (Cell cell in row.Elements<Cell>())
        {
            column = CellAddress.TryParse(cell.CellReference?.InnerText, out CellAddress stated) ? stated.Column : column + 1;
            (string text, bool isText) = Show(cell);
            if (!string.IsNullOrWhiteSpace(text))
            {
                cells.Add(new SheetCell(new CellAddress(rowNumber, column), text, isText));
            }
        }

        return cells;
    }

    private (string Text, bool IsText) Show(Cell cell)
    {
        string stored = cell.CellValue?.InnerText ?? string.Empty;
        switch (cell.DataType?.InnerText)
        {
            case "s":
                string? shared = int.TryParse(stored, out int index) ? strings[index] : null;
                LostStrings += shared is null ? 1 : 0;
                return (shared ?? string.Empty, true);
            case "inlineStr":
                return (cell.InlineString is { } inline ? SharedStrings.TextOf(inline) : stored, true);
            case "str":
                return (stored, true);
            case "b":
                return (stored switch { "1" or "true" => "TRUE", "0" or "false" => "FALSE", _ => stored }, false);
            case "e" or "d":
                return (stored, false);
            default:
                if (stored.Length == 0)
                {
                    FormulasWithoutResult += cell.CellFormula is null ? 0 : 1;
                    return (string.Empty, false);
                }

                return (formats.Show(stored, int.TryParse(cell.StyleIndex?.InnerText, out int style) ? style : 0), false);
        }
    }
}
