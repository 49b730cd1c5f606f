namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>Rows of cells that stand below each other: a table.</summary>
internal static class TableShape
{
    /// <summary>One table, or, where the cells fit no columns, the lines as they come.</summary>
    public static IEnumerable<PageElement> Of(List<List<TextLine>> rows)
    {
        List<(double Start, double End)> columns = Columns(rows);
        bool fits = rows.Count(row => row.Count > 1) > 1 && columns.Count > 1
            && rows.TrueForAll(row => Places(row, columns).Distinct().Count() == row.Count);
        if (!fits)
        {
            return rows.SelectMany(row => row).Select(line => new PageElement(line, null));
        }

        List<IReadOnlyList<string>> table = [];
        foreach (List<TextLine> row in rows)
        {
            string[] cells = new string[columns.Count];
            Array.Fill(cells, "");
            int[] places = Places(row, columns);
            for (int i = 0; i < row.Count; i++)
            {
                cells[places[i]] = row[i].Text;
            }

            table.Add(cells);
        }

        return [new PageElement(null, table) { HasHeader = NamesColumns(rows) }];
    }

    // What the rows with the most cells tell: their first cells are a column, and so on.
    private static List<(double Start, double End)> Columns(List<List<TextLine>> rows)
    {
        int count = rows.Max(row => row.Count);
        List<List<TextLine>> whole = [.. rows.Where(row => row.Count == count)];
        return [.. Enumerable.Range(0, count).Select(column => (
            whole.Min(row => row[column].Start), whole.Max(row => row[column].End)))];
    }

    // By its place in a whole row; otherwise the column that it covers most, or whose middle is nearest.
    private static int[] Places(List<TextLine> row, List<(double Start, double End)> columns) =>
        row.Count == columns.Count
            ? [.. Enumerable.Range(0, row.Count)]
            : [.. row.Select(cell => Enumerable.Range(0, columns.Count).MaxBy(column => Nearness(cell, columns[column])))];

    private static double Nearness(TextLine cell, (double Start, double End) column)
    {
        double covered = Math.Min(cell.End, column.End) - Math.Max(cell.Start, column.Start);
        return covered > 0 ? covered : -Math.Abs(cell.Start + cell.End - column.Start - column.End);
    }

    // Bold, or without numbers above rows that have some.
    private static bool NamesColumns(List<List<TextLine>> rows) =>
        rows.Count > 1
        && (rows[0].All(cell => cell.IsBold) && !rows[1].All(cell => cell.IsBold)
            || (!rows[0].Any(HasDigit) && rows.Skip(1).All(row => row.Any(HasDigit))));

    private static bool HasDigit(TextLine cell) => cell.Text.Any(char.IsDigit);
}
