using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>
/// Reads workbooks (ECMA-376): every sheet, hidden ones too, as tables whose cells know their addresses. Rows that stand
/// together are a table. Formulas are never calculated: their stored results are read.
/// </summary>
public sealed class XlsxParser : IDocumentParser
{
    // Empty cells between filled ones keep columns in line, but not across a whole sheet.
    private const int WidestGap = 16;

    /// <inheritdoc/>
    public string Kind => DocumentKinds.Xlsx;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken) =>
        OfficeGuard.Run(source, limits, () => Read(source, limits, cancellationToken));

    private static ParsedDocument Read(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        using OfficePackage package = OfficePackage.Open(source.Bytes, OfficePartKind.Workbook, limits, cancellationToken);
        using SpreadsheetDocument document = SpreadsheetDocument.Open(package);
        WorkbookPart workbook = document.WorkbookPart
            ?? throw new DocumentException(DocumentErrors.Corrupt, "the package holds no workbook");
        OpenXmlElement? root = workbook.RootElement;
        bool from1904 = root.Child("x:workbookPr")?.Attribute("date1904") is "1" or "true" or "on";
        SharedStrings strings = new(workbook.SharedStringTablePart, limits, cancellationToken);
        CellFormats formats = new(workbook.WorkbookStylesPart, from1904);
        DocumentTextBuilder builder = new(limits);
        HashSet<OpenXmlPart> seen = [];
        WorkbookWarnings warnings = new();
        foreach (OpenXmlElement sheet in root.Child("x:sheets")?.ChildElements ?? [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.Sheet = sheet.Attribute("name") ?? string.Empty;
            string? id = sheet.GetAttributes().FirstOrDefault(attribute => attribute is { LocalName: "id", NamespaceUri.Length: > 0 }).Value;
            if (id is not null && workbook.TryGetPartById(id, out OpenXmlPart? part) && part is WorksheetPart worksheet && seen.Add(worksheet))
            {
                SheetRows rows = new(worksheet, strings, formats, cancellationToken);
                AddTables(rows, builder, limits);
                AddComments(worksheet, builder);
                warnings.Add(rows, isHidden: sheet.Attribute("state") is "hidden" or "veryHidden");
            }
        }

        return new ParsedDocument
        {
            Kind = DocumentKinds.Xlsx,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = package.Title,
            Author = package.Author,
            Warnings = warnings.ToList(),
        };
    }

    private static void AddTables(SheetRows sheet, DocumentTextBuilder builder, DocumentLimits limits)
    {
        List<IReadOnlyList<SheetCell>> table = [];
        int cells = 0;
        foreach (IReadOnlyList<SheetCell> row in sheet.Read())
        {
            if (table.Count > 0 && row[0].Address.Row != table[^1][0].Address.Row + 1)
            {
                AddTable(table, builder);
                table.Clear();
            }

            if ((cells += row.Count) > limits.MaxParts)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {limits.MaxParts} cells in a sheet");
            }

            table.Add(row);
        }

        AddTable(table, builder);
    }

    // Notes on cells come behind the sheet, each with its cell's address.
    private static void AddComments(WorksheetPart worksheet, DocumentTextBuilder builder)
    {
        OpenXmlElement? comments = worksheet.WorksheetCommentsPart?.RootElement;
        foreach (OpenXmlElement comment in comments.Child("x:commentList")?.ChildElements ?? [])
        {
            if (comment.Child("x:text") is { } content && SharedStrings.TextOf(content).Trim() is { Length: > 0 } text)
            {
                builder.Add(BlockKind.Paragraph, comment.Attribute("ref") is { Length: > 0 and <= 12 } cell ? $"{cell}: {text}" : text);
            }
        }
    }

    private static void AddTable(List<IReadOnlyList<SheetCell>> table, DocumentTextBuilder builder)
    {
        if (table.Count == 0)
        {
            return;
        }

        int firstColumn = table.Min(row => row[0].Address.Column);
        bool hasHeader = table.Count > 1 && table[0].Count > 1 && table[0].All(cell => cell.IsText);
        builder.AddTable(table.Select((row, index) => ((IReadOnlyList<(string, string?)>)Spread(row, firstColumn), hasHeader && index == 0)));
    }

    private static List<(string Text, string? Reference)> Spread(IReadOnlyList<SheetCell> row, int firstColumn)
    {
        List<(string Text, string? Reference)> cells = [];
        int next = firstColumn;
        foreach (SheetCell cell in row)
        {
            if (cell.Address.Column - next <= WidestGap)
            {
                for (; next < cell.Address.Column; next++)
                {
                    cells.Add((string.Empty, (cell.Address with { Column = next }).ToString()));
                }
            }

            cells.Add((cell.Text, cell.Address.ToString()));
            next = cell.Address.Column + 1;
        }

        return cells;
    }
}
