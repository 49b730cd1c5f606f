using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Pdf;

/// <summary>What the geometry of a page says about its text.</summary>
public sealed class PdfTextTests
{
    [Fact]
    public void Gaps_part_words_where_no_space_is_drawn()
    {
        string text = new PdfFile().Page("BT /F1 10 Tf 50 700 Td [(Val) 25 (ve) -278 (AB) 20 (-12) -278 (opens)] TJ ET").Parse().Text;
        Assert.Equal("Valve AB-12 opens", text);
    }

    [Fact]
    public void A_hyphen_between_letters_and_digits_stays_at_a_line_end()
    {
        string text = new PdfFile().Page(PdfFile.Lines("The long instruction sheet that everybody reads is number NS-", "2859 and it replaces all others.")).Parse().Text;
        Assert.Contains("number NS-2859 and", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_are_drawn_row_by_row_are_read_one_after_the_other()
    {
        string rows = string.Concat(Enumerable.Range(1, 6).Select(row =>
            $"BT /F1 10 Tf 50 {790 - (row * 12)} Td (the left column has its line {row} here) Tj ET "
            + $"BT /F1 10 Tf 320 {790 - (row * 12)} Td (the right column has its line {row} here) Tj ET "));
        string text = new PdfFile().Page(rows).Parse().Text;
        Assert.True(
            text.IndexOf("left column has its line 6", StringComparison.Ordinal)
            < text.IndexOf("right column has its line 1", StringComparison.Ordinal),
            text);
    }

    [Fact]
    public void Cells_below_each_other_are_a_table()
    {
        string[][] cells = [["Part", "Site", "Count"], ["valve", "Busan", "12"], ["hose", "Daegu", "7"]];
        string content = string.Concat(cells.SelectMany((row, y) => row.Select((cell, x) =>
            $"BT /F1 10 Tf {50 + (x * 120)} {700 - (y * 18)} Td ({cell}) Tj ET ")));
        ParsedDocument document = new PdfFile().Page(content).Parse();
        DocumentBlock table = Assert.Single(document.Blocks, block => block.Kind == BlockKind.Table);
        Assert.Equal(
            cells, table.Rows.Select(row => row.Cells.Select(cell => document.Text[cell.Start..cell.End]).ToArray()));
        Assert.True(table.Rows[0].IsHeader);
    }

    [Fact]
    public void Content_that_runs_upwards_is_read_from_the_top()
    {
        string content = string.Concat(Enumerable.Range(1, 6).Select(line =>
            $"BT /F1 10 Tf 50 {400 + (line * 12)} Td (This is sentence {7 - line} of six.) Tj ET "));
        string text = new PdfFile().Page(content).Parse().Text;
        Assert.True(text.IndexOf("sentence 1", StringComparison.Ordinal) < text.IndexOf("sentence 6", StringComparison.Ordinal), text);
    }

    [Fact]
    public void A_header_that_runs_through_the_pages_is_left_out()
    {
        PdfFile file = new();
        string[] parts = ["valves", "pumps", "hoses", "filters"];
        for (int page = 1; page <= parts.Length; page++)
        {
            string part = parts[page - 1];
            file.Page($"BT /F1 8 Tf 50 820 Td (Internal, page {page} of 4) Tj ET "
                + PdfFile.Lines($"A text about {part}.", $"More about {part}.", $"The end of {part}."));
        }

        string text = file.Parse().Text;
        Assert.DoesNotContain("Internal", text, StringComparison.Ordinal);
        Assert.Contains("A text about hoses.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Larger_lines_are_headings_and_every_block_knows_its_page()
    {
        ParsedDocument document = new PdfFile()
            .Page("BT /F1 16 Tf 50 800 Td (Valves) Tj ET " + PdfFile.Lines("Valves open and close, and that is all they do here."))
            .Page(PdfFile.Lines("More about them follows on the second page of this text."))
            .Parse();
        Assert.Equal(2, document.PageCount);
        Assert.Equal(BlockKind.Heading, document.Blocks[0].Kind);
        Assert.Equal(["Valves"], document.Blocks[^1].Headings);
        Assert.Equal([1, 1, 2], document.Blocks.Select(block => block.Page!.Value));
    }

    [Fact]
    public void Bookmarks_give_headings_their_levels()
    {
        PdfFile file = new PdfFile { Catalog = "/Outlines 30 0 R" }
            .Page(PdfFile.Lines("Scope") + "BT /F1 10 Tf 50 740 Td (The scope is all of it, from the first to the last.) Tj ET")
            .Object(30, "<< /First 31 0 R /Last 31 0 R >>")
            .Object(31, "<< /Title (Everything) /First 32 0 R /Dest [10 0 R /Fit] >>")
            .Object(32, "<< /Title (Scope) /Dest [10 0 R /Fit] >>");
        DocumentBlock heading = Assert.Single(file.Parse().Blocks, block => block.Kind == BlockKind.Heading);
        Assert.Equal(2, heading.Level);
    }

    [Fact]
    public void Values_of_a_form_follow_their_page()
    {
        PdfFile file = new PdfFile { Catalog = "/AcroForm << /Fields [30 0 R 31 0 R] >>" }
            .Page(PdfFile.Lines("Name of the applicant"))
            .Object(30, "<< /T (name) /FT /Tx /V (Kim AB-12) /TU (a tip) >>")
            .Object(31, "<< /T (kind) /FT /Ch /V (k2) /Opt [[(k1) (Small)] [(k2) (Large)]] >>");
        string text = file.Parse().Text;
        Assert.EndsWith("Kim AB-12\n\nLarge", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tip", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_drawn_twice_for_weight_come_once() =>
        Assert.Equal("Bold", new PdfFile().Page("BT /F1 10 Tf 50 700 Td (Bold) Tj ET BT /F1 10 Tf 50.3 700 Td (Bold) Tj ET").Parse().Text);
}
