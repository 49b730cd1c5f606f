using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>Texts that must come out, where they stand, those that must not, and the order.</summary>
internal static class GoldenContent
{
    public static void Check(GoldenDocumentCase expected, ParsedDocument document, List<string> failures)
    {
        PlacedText spaced = new(document, text => text);
        PlacedText nospace = new(document, GoldenText.WithoutSpaces);
        PlacedText loose = new(document, GoldenText.WithoutHyphens);
        foreach (ExpectedText wanted in expected.Find.Where(text => !text.Optional))
        {
            PlacedText text = wanted.Match switch
            {
                null or "space" => spaced,
                "nospace" => nospace,
                "loose" => loose,
                _ => throw new InvalidDataException($"match \"{wanted.Match}\""),
            };
            Check(expected, document, wanted, [.. text.Find(wanted.Text).Select(place => place.Block)], failures);
        }

        foreach (AbsentText text in expected.Absent.Where(text => !text.Optional))
        {
            if (spaced.Find(text.Text).Any())
            {
                failures.Add($"must not come out ({text.Why}): \"{GoldenStructure.Cut(text.Text)}\"");
            }
        }

        CheckOrder(expected, loose, failures);
    }

    private static void Check(
        GoldenDocumentCase expected, ParsedDocument document, ExpectedText wanted, DocumentBlock[] blocks, List<string> failures)
    {
        string name = GoldenStructure.Cut(wanted.Text);
        if (blocks.Length == 0)
        {
            failures.Add($"not found: \"{name}\"");
            return;
        }

        if (wanted.Once && blocks.Length != 1)
        {
            failures.Add($"{blocks.Length} times instead of once: \"{name}\"");
        }

        if ((wanted.Page ?? wanted.Slide) is { } page && !blocks.Any(block => block.Page == page))
        {
            failures.Add($"on page {string.Join(", ", blocks.Select(block => block.Page))} instead of {page}: \"{name}\"");
        }

        if (wanted.Headings is { } headings && !expected.HeadingsOptional)
        {
            string path = Path(headings);
            if (!blocks.Any(block => Path(block.Headings) == path))
            {
                failures.Add($"below \"{Path(blocks[0].Headings)}\" instead of \"{path}\": \"{name}\"");
            }
        }

        if (wanted.Sheet is not null && wanted.Cell is not null
            && !GoldenTables.Cells(document, wanted.Sheet, wanted.Cell)
                .Any(cell => cell.Contains(GoldenText.Normalize(wanted.Text), StringComparison.Ordinal)))
        {
            failures.Add($"not in {wanted.Sheet}!{wanted.Cell}: \"{name}\"");
        }

        if (wanted.Row is { } row && document.Kind != DocumentKinds.Text && !InRow(document, row, wanted.Text))
        {
            failures.Add($"not in row {row}: \"{name}\"");
        }

        if (wanted.Record is { } record && (record >= document.Blocks.Count
            || !GoldenText.Normalize(document.TextOf(document.Blocks[record]).ToString())
                .Contains(GoldenText.Normalize(wanted.Text), StringComparison.Ordinal)))
        {
            failures.Add($"not in record {record}: \"{name}\"");
        }
    }

    private static string Path(IEnumerable<string> headings) => string.Join(" > ", headings.Select(GoldenText.Normalize));

    private static bool InRow(ParsedDocument document, int row, string text)
    {
        TableRow[] rows = [.. document.Blocks.SelectMany(block => block.Rows)];
        return row <= rows.Length && GoldenTables.Texts(document, rows[row - 1])
            .Any(cell => cell.Contains(GoldenText.Normalize(text), StringComparison.Ordinal));
    }

    private static void CheckOrder(GoldenDocumentCase expected, PlacedText loose, List<string> failures)
    {
        int last = -1;
        foreach (string text in expected.Order)
        {
            int[] places = [.. loose.Find(text).Select(place => place.Start)];
            int next = places.FirstOrDefault(place => place > last, -1);
            if (next < 0)
            {
                failures.Add($"{(places.Length == 0 ? "missing" : "too early")} in the order: \"{GoldenStructure.Cut(text)}\"");
                return;
            }

            last = next;
        }
    }
}
