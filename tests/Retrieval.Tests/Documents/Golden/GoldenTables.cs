using System.Globalization;
using System.Text.Json;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>Tables, rows of CSV, records of JSON, cells of workbooks.</summary>
internal static class GoldenTables
{
    public static void Check(GoldenDocumentCase expected, ParsedDocument document, List<string> failures)
    {
        foreach (ExpectedTable table in expected.Tables)
        {
            if (!HasTable(document, table))
            {
                failures.Add($"no table of {table.Rows.Count} rows that begins with \"{string.Join(" | ", table.Rows[0])}\"");
            }
        }

        TableRow[] rows = [.. document.Blocks.SelectMany(block => block.Rows)];
        if (expected.Rows is not null && document.Kind != DocumentKinds.Text)
        {
            CheckRows(expected.Rows, [.. rows.Select(row => Texts(document, row))], failures);
        }

        if (expected.RowCount is { } count && rows.Length != count)
        {
            failures.Add($"{rows.Length} rows instead of {count}");
        }

        if (expected.Records is not null)
        {
            CheckRecords(expected.Records, document, failures);
        }

        // Formulas without a stored result are of type "empty": nothing is expected of them.
        foreach (ExpectedCell cell in expected.Cells.Where(cell => cell.Type != "empty"))
        {
            string[] accepted = [.. Accepted(cell).Select(GoldenText.Normalize)];
            string[] actual = [.. Cells(document, cell.Sheet, cell.Cell)];
            if (!actual.Any(accepted.Contains))
            {
                failures.Add($"{cell.Sheet}!{cell.Cell} is \"{string.Join(", ", actual)}\" instead of \"{string.Join("\" or \"", accepted)}\"");
            }
        }
    }

    /// <summary>The texts of a workbook's cell.</summary>
    public static IEnumerable<string> Cells(ParsedDocument document, string sheet, string reference) =>
        from block in document.Blocks
        where block.Sheet == sheet
        from row in block.Rows
        from cell in row.Cells
        where cell.Reference == reference
        select GoldenText.Normalize(document.Text[cell.Start..cell.End]);

    /// <summary>The texts of a row's cells.</summary>
    public static string[] Texts(ParsedDocument document, TableRow row) =>
        [.. row.Cells.Select(cell => GoldenText.Normalize(document.Text[cell.Start..cell.End]))];

    // PDF has no tables: there the cells of each row must come one after the other.
    private static bool HasTable(ParsedDocument document, ExpectedTable expected)
    {
        int? page = expected.Page ?? expected.Slide;
        bool found = document.Blocks
            .Where(block => block.Kind == BlockKind.Table && (page is null || block.Page == page))
            .Any(block => Matches([.. block.Rows.Select(row => Texts(document, row))], expected));
        if (!found && document.Kind == DocumentKinds.Pdf)
        {
            PlacedText text = new(document, GoldenText.WithoutSpaces);
            found = expected.Rows.All(row => text.Find(string.Concat(row)).Any());
        }

        return found;
    }

    private static bool Matches(string[][] actual, ExpectedTable expected)
    {
        if (actual.Length != expected.Rows.Count)
        {
            return false;
        }

        for (int i = 0; i < actual.Length; i++)
        {
            string[] wanted = [.. expected.Rows[i].Select(GoldenText.Normalize)];
            bool same = expected.ShapeOnly
                ? wanted.Where(cell => cell.Length > 0).All(cell => actual[i].Any(text => Begins(text, cell)))
                : wanted.SequenceEqual(actual[i]);
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    // "…" stands for what follows in a cell.
    private static bool Begins(string text, string wanted) => wanted.EndsWith('…')
        ? text.StartsWith(wanted.TrimEnd('…', ' '), StringComparison.Ordinal)
        : GoldenText.WithoutSpaces(text) == GoldenText.WithoutSpaces(wanted);

    private static void CheckRows(IReadOnlyList<IReadOnlyList<string>> expected, string[][] actual, List<string> failures)
    {
        if (expected.Count != actual.Length)
        {
            failures.Add($"{actual.Length} rows instead of {expected.Count}");
            return;
        }

        for (int i = 0; i < actual.Length; i++)
        {
            if (!expected[i].Select(GoldenText.Normalize).SequenceEqual(actual[i]))
            {
                failures.Add($"row {i + 1} is \"{string.Join("\" \"", actual[i])}\" instead of \"{string.Join("\" \"", expected[i])}\"");
            }
        }
    }

    // A record is a block; every value in it comes out (nulls need not).
    private static void CheckRecords(IReadOnlyList<JsonElement> expected, ParsedDocument document, List<string> failures)
    {
        if (expected.Count != document.Blocks.Count)
        {
            failures.Add($"{document.Blocks.Count} records instead of {expected.Count}");
            return;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            string text = GoldenText.Normalize(document.TextOf(document.Blocks[i]).ToString());
            failures.AddRange(Leaves(expected[i])
                .Where(leaf => !text.Contains(GoldenText.Normalize(leaf), StringComparison.Ordinal))
                .Select(leaf => $"record {i} lacks \"{GoldenStructure.Cut(leaf)}\""));
        }
    }

    private static IEnumerable<string> Leaves(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Leaves(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Leaves),
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    private static IEnumerable<string> Accepted(ExpectedCell cell)
    {
        if (cell.Shown is not null)
        {
            yield return cell.Shown;
        }

        switch (cell.Value.ValueKind)
        {
            case JsonValueKind.String:
                string value = cell.Value.GetString()!;
                yield return value;
                if (cell.Type == "date")
                {
                    // A day at midnight is also written as the day.
                    yield return value.Replace('T', ' ');
                    yield return value.EndsWith("T00:00:00", StringComparison.Ordinal) ? value[..10] : value;
                }

                break;
            case JsonValueKind.Number:
                yield return cell.Value.GetRawText();
                yield return cell.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture);
                break;
            case JsonValueKind.True:
            case JsonValueKind.False:
                yield return cell.Value.GetRawText();
                yield return cell.Value.GetRawText().ToUpperInvariant();
                break;
        }
    }
}
