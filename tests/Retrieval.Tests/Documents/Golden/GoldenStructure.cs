using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>What holds for every document: blocks in order, within the text, white space between them, cells within rows.</summary>
internal static class GoldenStructure
{
    public static void Check(ParsedDocument document, List<string> failures)
    {
        int end = 0;
        foreach (DocumentBlock block in document.Blocks)
        {
            if (block.Start < end || block.End <= block.Start || block.End > document.Text.Length)
            {
                failures.Add($"block {block.Kind} {block.Start}..{block.End} after {end} in a text of {document.Text.Length}");
                return;
            }

            if (!string.IsNullOrWhiteSpace(document.Text[end..block.Start]))
            {
                failures.Add($"text between blocks at {end}: \"{Cut(document.Text[end..block.Start])}\"");
            }

            int row = block.Start;
            foreach (TableRow item in block.Rows)
            {
                if (item.Start < row || item.End < item.Start || item.End > block.End
                    || item.Cells.Any(cell => cell.Start < item.Start || cell.End < cell.Start || cell.End > item.End))
                {
                    failures.Add($"row {item.Start}..{item.End} of a table at {block.Start}..{block.End}");
                }

                row = item.End;
            }

            end = block.End;
        }

        if (!string.IsNullOrWhiteSpace(document.Text[end..]))
        {
            failures.Add($"text behind the last block: \"{Cut(document.Text[end..])}\"");
        }

        if (document.Text.Contains('\r'))
        {
            failures.Add("a carriage return in the text");
        }
    }

    public static string Cut(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
