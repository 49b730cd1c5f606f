using LlmPlatform.Retrieval.Documents;
using static LlmPlatform.Retrieval.Tests.Documents.Office.OfficeFiles;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>Rules of presentations.</summary>
public sealed class PptxParserTests
{
    [Fact]
    public void A_slide_begins_with_its_title_and_ends_with_its_notes()
    {
        ParsedDocument document = ReadSlides(Slides(
            (Shape("body first", "body") + Shape("The title", "title") + Shape("page 7", "sldNum") + Shape("box", null)
                + $"<p:grpSp><p:grpSp>{Shape("grouped", null)}</p:grpSp></p:grpSp>",
                Shape("", "sldImg") + Shape("a note", "body") + Shape("1", "sldNum")),
            (Shape("second", "ctrTitle"), null)));

        Assert.Equal(
            ["Heading: The title", "Item: body first", "Paragraph: box", "Paragraph: grouped", "Paragraph: a note", "Heading: second"],
            Lines(document));
        Assert.Equal([1, 1, 1, 1, 1, 2], document.Blocks.Select(block => block.Page ?? 0));
        Assert.Equal(["The title"], document.Blocks[4].Headings);
        Assert.Equal(["second"], document.Blocks[5].Headings);
        Assert.Equal(2, document.PageCount);
        Assert.Equal("The title", document.Title);
    }

    [Fact]
    public void Strict_presentations_are_read()
    {
        ParsedDocument document = ReadSlides(Strict(Slides((Shape("The title", "title") + Shape("one", "body"), Shape("note", "body")))));

        Assert.Equal(["Heading: The title", "Item: one", "Paragraph: note"], Lines(document));
    }

    [Fact]
    public void A_missing_slide_keeps_its_number_and_is_said()
    {
        byte[] file = Change(
            Slides((Shape("one", "title"), null), (Shape("two", "title"), null)),
            "ppt/_rels/presentation.xml.rels",
            text => text.Replace("slides/slide0.xml", "slides/none.xml", StringComparison.Ordinal));

        ParsedDocument document = ReadSlides(file);

        Assert.Equal(2, document.PageCount);
        Assert.Equal(2, Assert.Single(document.Blocks).Page);
        Assert.Contains("slide 1 is not in the file", Assert.Single(document.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_slide_that_is_listed_again_is_not_read_again()
    {
        byte[] file = Change(
            Slides((Shape("one", "title"), null)),
            "ppt/presentation.xml",
            text => text.Replace("</p:sldIdLst>", string.Concat(Enumerable.Repeat("<p:sldId id=\"900\" r:id=\"s0\"/>", 3)) + "</p:sldIdLst>", StringComparison.Ordinal));

        ParsedDocument document = ReadSlides(file);

        Assert.Equal(["Heading: one"], Lines(document));
        Assert.Equal(3, document.Warnings.Count);
    }

    [Fact]
    public void Paragraphs_are_items_by_placeholder_or_bullet()
    {
        ParsedDocument document = ReadSlides(Slides(
            ("<p:sp><p:nvSpPr><p:nvPr><p:ph idx=\"1\"/></p:nvPr></p:nvSpPr><p:txBody>"
                + "<a:p><a:pPr lvl=\"1\"/><a:r><a:t>deep</a:t></a:r></a:p><a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>plain</a:t></a:r></a:p></p:txBody></p:sp>"
                + "<p:sp><p:txBody><a:p><a:pPr><a:buAutoNum type=\"arabicPeriod\"/></a:pPr><a:r><a:t>num</a:t></a:r><a:br/><a:r><a:t>bered</a:t></a:r></a:p></p:txBody></p:sp>", null)));

        Assert.Equal(["Item: deep", "Paragraph: plain", "Item: num\nbered"], Lines(document));
        Assert.Equal([1, 0, 0], document.Blocks.Select(block => block.Depth));
        Assert.Equal([false, false, true], document.Blocks.Select(block => block.Ordered));
    }

    [Fact]
    public void Covered_cells_of_a_table_are_empty()
    {
        ParsedDocument document = ReadSlides(Slides(
            ("<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow=\"1\"/>"
                + $"<a:tr>{Cell("a", "gridSpan=\"2\"")}{Cell("x", "hMerge=\"1\"")}</a:tr><a:tr>{Cell("b", "")}{Cell("c", "")}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>", null)));

        Assert.Equal(["a", ""], Cells(document)[0]);
        Assert.Equal(["b", "c"], Cells(document)[1]);
        Assert.Equal([true, false], document.Blocks[0].Rows.Select(row => row.IsHeader));
    }

    [Fact]
    public void Charts_and_diagrams_speak()
    {
        const string Chart = """
            <c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart><c:plotArea><c:barChart><c:ser>
            <c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Sold</c:v></c:pt></c:strCache></c:strRef></c:tx>
            <c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat>
            <c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>4.2999999999999998</c:v></c:pt><c:pt idx="1"><c:v>2.5</c:v></c:pt></c:numCache></c:numRef></c:val>
            </c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>
            """;
        const string Diagram = """
            <dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst>
            <dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>step one</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>
            """;
        const string Frame = "<p:graphicFrame><a:graphic><a:graphicData uri=\"u\">{0}</a:graphicData></a:graphic></p:graphicFrame>";
        byte[] slides = Slides((Frame.Replace("{0}", "<c:chart r:id=\"c1\"/>", StringComparison.Ordinal) + Frame.Replace("{0}", "<dgm:relIds r:dm=\"d1\"/>", StringComparison.Ordinal), "notes"));
        byte[] file = Zip([.. Parts(Change(slides, "ppt/slides/_rels/slide0.xml.rels", _ => Relations(("c1", "chart", "../c.xml"), ("d1", "diagramData", "../d.xml")))),
            ("ppt/c.xml", Chart), ("ppt/d.xml", Diagram)]);

        ParsedDocument document = ReadSlides(file);

        Assert.Equal([["", "Sold"], ["May", "4.3"], ["June", "2.5"]], Cells(document));
        Assert.Equal("Item: step one", Lines(document)[^1]);
    }

    private static List<(string Path, string Xml)> Parts(byte[] file)
    {
        using System.IO.Compression.ZipArchive archive = new(new MemoryStream(file));
        return [.. archive.Entries.Select(entry =>
        {
            using StreamReader reader = new(entry.Open());
            return (entry.FullName, reader.ReadToEnd());
        })];
    }

    private static string Cell(string text, string attributes) =>
        $"<a:tc {attributes}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>";

    private static string Shape(string text, string? placeholder) =>
        $"<p:sp><p:nvSpPr><p:nvPr>{(placeholder is null ? "" : $"<p:ph type=\"{placeholder}\"/>")}</p:nvPr></p:nvSpPr>"
        + $"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>";
}
