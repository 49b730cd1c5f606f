namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>Columns of running text whose lines were drawn row by row: they are read one column after the other.</summary>
internal static class ColumnSplit
{
    private const int FewRows = 4;
    private const int ShortLine = 15;
    private const double NarrowColumn = 0.2;
    private const double Filled = 0.8;
    private const double FilledShare = 0.6;

    /// <summary>The lines column by column; null: the rows are no columns of running text.</summary>
    public static IEnumerable<PageElement>? Of(List<List<TextLine>> rows)
    {
        List<List<TextLine>> several = [.. rows.Where(row => row.Count > 1)];
        if (several.Count < FewRows)
        {
            return null;
        }

        int count = several[0].Count;
        if (several.Any(row => row.Count != count))
        {
            return null;
        }

        double[] starts = [.. Enumerable.Range(0, count).Select(column => several.Min(row => row[column].Start))];
        double[] ends = [.. Enumerable.Range(0, count).Select(column => several.Max(row => row[column].End))];
        double width = ends[^1] - starts[0];
        for (int column = 0; column < count; column++)
        {
            double own = ends[column] - starts[column];
            bool overlaps = column > 0 && starts[column] <= ends[column - 1];
            int filled = several.Count(row => row[column].End - row[column].Start >= own * Filled);
            double length = several.Average(row => row[column].Text.Length);
            if (overlaps || own < width * NarrowColumn || length < ShortLine || filled < several.Count * FilledShare)
            {
                return null;
            }
        }

        return Enumerable.Range(0, count).SelectMany(column => rows.SelectMany(row => row.Count > 1
            ? [row[column]]
            : row.Where(line => ColumnOf(line, starts) == column))).Select(line => new PageElement(line, null));
    }

    private static int ColumnOf(TextLine line, double[] starts)
    {
        int column = starts.Length - 1;
        while (column > 0 && line.Start < starts[column] - line.Size)
        {
            column--;
        }

        return column;
    }
}
