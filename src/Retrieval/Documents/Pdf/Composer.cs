using LlmPlatform.Retrieval.Documents.Pdf.Layout;

namespace LlmPlatform.Retrieval.Documents.Pdf;

/// <summary>Puts what a file holds in order and writes the document.</summary>
internal static class Composer
{
    private const double UnmappedShare = 0.01;
    private const int PagesNamed = 10;

    /// <summary>The document.</summary>
    /// <exception cref="DocumentException">There is no text in it, or more than the limits allow.</exception>
    public static ParsedDocument Compose(PdfContent content, DocumentLimits limits, ReadingBudget budget)
    {
        RunningLines.Remove([.. content.Pages.Select(page => page.Count > 0 ? page[0] : [])]);
        List<Paragraph> paragraphs = [];
        for (int page = 0; page < content.Pages.Count; page++)
        {
            budget.Check();
            foreach (List<TextLine> lines in content.Pages[page])
            {
                paragraphs.AddRange(new ParagraphBuilder(page + 1).Build([.. ReadingOrder.Of(lines)]));
            }
        }

        HeadingFinder headings = new(paragraphs, content.Outline);
        LineJoiner joiner = new(paragraphs);
        DocumentTextBuilder text = new(limits);
        Queue<(int? Page, string Value)> values = new(content.FormValues.OrderBy(value => value.Page ?? int.MaxValue));
        ItemDepth depth = new();
        foreach (Paragraph paragraph in paragraphs)
        {
            budget.Check();
            AddValues(text, values, before: paragraph.Page);
            text.Page = paragraph.Page;
            Add(text, paragraph, headings, joiner, depth);
        }

        AddValues(text, values, before: int.MaxValue);
        if (text.Length == 0)
        {
            throw NoText(content);
        }

        return new ParsedDocument
        {
            Kind = DocumentKinds.Pdf,
            Text = text.ToString(),
            Blocks = text.Blocks,
            Title = content.Names.Title,
            Author = content.Names.Author,
            PageCount = content.Pages.Count,
            Warnings = Warnings(content),
        };
    }

    private static void Add(
        DocumentTextBuilder text, Paragraph paragraph, HeadingFinder headings, LineJoiner joiner, ItemDepth depth)
    {
        if (paragraph.Table is { Rows: { } rows } table)
        {
            text.AddTable(rows.Select((row, index) => (
                Cells: (IReadOnlyList<(string, string?)>)[.. row.Select(cell => (cell, (string?)null))],
                IsHeader: index == 0 && table.HasHeader)));
            depth.Reset();
            return;
        }

        string joined = joiner.Join(paragraph.Lines);
        int level = headings.LevelOf(paragraph);
        if (level > 0)
        {
            depth.Reset();
            text.AddHeading(level, joined);
        }
        else if (paragraph.Marker != ListMarker.None)
        {
            int nested = depth.Of(paragraph.Lines[0]);
            text.Add(BlockKind.Item, ListMarkers.Without(paragraph.Marker, joined), nested, paragraph.Marker == ListMarker.Number);
        }
        else
        {
            depth.Reset();
            text.Add(BlockKind.Paragraph, joined);
        }
    }

    // Form values follow the text of their page.
    private static void AddValues(DocumentTextBuilder text, Queue<(int? Page, string Value)> values, int before)
    {
        while (values.TryPeek(out (int? Page, string Value) next) && (next.Page is not { } page || page < before)
            && (next.Page is not null || before == int.MaxValue))
        {
            values.Dequeue();
            text.Page = next.Page;
            text.Add(BlockKind.Paragraph, next.Value);
        }
    }

    private static DocumentException NoText(PdfContent content)
    {
        if (content.CostlyPages.Count > 0)
        {
            return new DocumentException(DocumentErrors.LimitExceeded, "the content of the pages is too large or too deep");
        }

        if (content.DamagedPages.Count > 0)
        {
            return new DocumentException(DocumentErrors.Corrupt, "the file is damaged: none of its pages can be read");
        }

        if (content.Unmapped > 0)
        {
            return new DocumentException(
                DocumentErrors.NoText, "there is no text that can be read: the fonts do not say what their characters mean");
        }

        if (content.AsksForText)
        {
            return new DocumentException(DocumentErrors.Corrupt, "the file is damaged: its text cannot be read");
        }

        return content.HasImages || content.Letters == 0
            ? new DocumentException(DocumentErrors.NoText, "there is no text on the pages, only images or drawings")
            : new DocumentException(DocumentErrors.EmptyText, "there is only white space on the pages");
    }

    private static List<string> Warnings(PdfContent content)
    {
        List<string> warnings = [];
        AddPages(warnings, "damaged_pages", "could not be read", content.DamagedPages);
        AddPages(warnings, "costly_pages", "were left out because their content is too large or too deep", content.CostlyPages);
        if (content.Unmapped > content.Letters * UnmappedShare)
        {
            warnings.Add("unmappable_text: some characters have no known meaning and were left out");
        }

        return warnings;
    }

    private static void AddPages(List<string> warnings, string code, string what, List<int> pages)
    {
        if (pages.Count > 0)
        {
            string more = pages.Count > PagesNamed ? ", ..." : "";
            warnings.Add($"{code}: {pages.Count} pages {what}: {string.Join(", ", pages.Take(PagesNamed))}{more}");
        }
    }
}
