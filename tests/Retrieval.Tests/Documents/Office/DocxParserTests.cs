using LlmPlatform.Retrieval.Documents;
using static LlmPlatform.Retrieval.Tests.Documents.Office.OfficeFiles;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>Rules of Word documents.</summary>
public sealed class DocxParserTests
{
    private const string Begin = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>";
    private const string Separate = "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>";
    private const string End = "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";

    [Fact]
    public void Headings_are_known_by_name_base_or_outline_level_never_by_id()
    {
        const string Styles = """
            <w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="Body Text"/></w:style>
            <w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/></w:style>
            <w:style w:type="paragraph" w:styleId="b"><w:name w:val="Chapter"/><w:basedOn w:val="c"/></w:style>
            <w:style w:type="paragraph" w:styleId="c"><w:name w:val="제목 2"/></w:style>
            <w:style w:type="paragraph" w:styleId="d"><w:name w:val="TOC Heading"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
            <w:style w:type="paragraph" w:styleId="e"><w:name w:val="one"/><w:basedOn w:val="f"/></w:style>
            <w:style w:type="paragraph" w:styleId="f"><w:name w:val="two"/><w:basedOn w:val="e"/></w:style>
            """;
        ParsedDocument document = ReadWord(Word(
            P("One", "a") + P("Plain", "Heading1") + P("Two", "b") + P("Contents", "d") + P("Circle", "e")
            + "<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr><w:r><w:t>Three</w:t></w:r></w:p>"
            + "<w:p><w:pPr><w:pStyle w:val=\"a\"/><w:outlineLvl w:val=\"9\"/></w:pPr><w:r><w:t>Body</w:t></w:r></w:p>",
            ("styles", Styles)));

        Assert.Equal(
            ["Heading: One", "Paragraph: Plain", "Heading: Two", "Paragraph: Contents", "Paragraph: Circle", "Heading: Three", "Paragraph: Body"],
            Lines(document));
        Assert.Equal(["One", "Two", "Three"], document.Blocks[^1].Headings);
        Assert.Equal("One", document.Title);
    }

    [Fact]
    public void A_field_shows_its_result_over_paragraphs_and_a_lost_end_swallows_nothing()
    {
        ParsedDocument document = ReadWord(Word(
            $"<w:p>{Begin}<w:r><w:instrText> TOC </w:instrText></w:r>{Separate}<w:r><w:t>first</w:t></w:r></w:p>"
            + $"<w:p><w:r><w:t>second</w:t></w:r>{End}</w:p>"
            + $"<w:p><w:r><w:t>before </w:t></w:r>{Begin}<w:r><w:t>code</w:t></w:r></w:p>"
            + $"<w:p><w:r><w:t>after</w:t></w:r>{End}{End}<w:r><w:t>wards</w:t></w:r></w:p>"));

        Assert.Equal(["Paragraph: first", "Paragraph: second", "Paragraph: before", "Paragraph: afterwards"], Lines(document));
    }

    [Fact]
    public void Alternatives_are_read_once_and_the_fallback_where_the_choice_says_nothing()
    {
        const string Box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>";
        ParsedDocument document = ReadWord(Word(
            $"<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wps:txbx>{Box}</wps:txbx></w:drawing></mc:Choice>"
            + $"<mc:Fallback><w:pict><v:textbox>{Box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>text</w:t></w:r></w:p>"
            + "<mc:AlternateContent><mc:Choice Requires=\"x\"><w:p/></mc:Choice><mc:Fallback><w:p><w:r><w:t>old</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"));

        Assert.Equal(["Paragraph: text", "Paragraph: boxed", "Paragraph: old"], Lines(document));
    }

    [Fact]
    public void Changes_are_accepted_in_text_and_in_tables()
    {
        ParsedDocument document = ReadWord(Word(
            "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
            + "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>gone</w:t></w:r></w:p></w:tc></w:tr>"
            + "<w:sdt><w:sdtContent><w:tr><w:tc><w:p><w:r><w:t>kept</w:t></w:r></w:p></w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>"));

        Assert.Equal(["Paragraph: new", "Table: kept"], Lines(document));
    }

    [Fact]
    public void Lists_know_their_depth_and_whether_they_are_numbered()
    {
        const string Numbering = """
            <w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
            <w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>
            """;
        const string Styles = """
            <w:style w:type="paragraph" w:styleId="L"><w:name w:val="mine"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
            """;
        ParsedDocument document = ReadWord(Word(
            P("one", "L") + Item("two", 3, 1) + Item("none", 0, 0) + Item("unknown", 99, 200000),
            ("styles", Styles), ("numbering", Numbering)));

        Assert.Equal(["Item: one", "Item: two", "Paragraph: none", "Item: unknown"], Lines(document));
        Assert.Equal([true, false, false, false], document.Blocks.Select(block => block.Ordered));
        Assert.Equal([0, 1, 0, 8], document.Blocks.Select(block => block.Depth));
    }

    [Fact]
    public void A_note_comes_once_behind_its_paragraph_even_where_it_refers_to_itself()
    {
        const string Reference = "<w:r><w:footnoteReference w:id=\"2\"/></w:r>";
        ParsedDocument document = ReadWord(Word(
            $"<w:p><w:r><w:t>one</w:t></w:r>{Reference}</w:p><w:p><w:r><w:t>two</w:t></w:r>{Reference}</w:p>",
            ("footnotes", $"<w:footnote w:id=\"0\" w:type=\"separator\"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote><w:footnote w:id=\"2\"><w:p><w:r><w:t>note</w:t></w:r>{Reference}</w:p></w:footnote>")));

        Assert.Equal(["Paragraph: one", "Paragraph: note", "Paragraph: two"], Lines(document));
    }

    [Fact]
    public void Covered_cells_are_empty_and_a_span_of_any_width_makes_few_of_them()
    {
        ParsedDocument document = ReadWord(Word(
            "<w:tbl><w:tblPr><w:tblLook w:val=\"0020\"/></w:tblPr>"
            + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr>"
            + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr>"
            + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2000000000\"/></w:tcPr><w:p><w:r><w:t>wide</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"));

        string[][] cells = Cells(document);
        Assert.Equal(["a", "", "b"], cells[0]);
        Assert.Equal(["", "", "c inner"], cells[1]);
        Assert.Equal(63, cells[2].Length);
        Assert.Equal([true, false, false], document.Blocks[0].Rows.Select(row => row.IsHeader));
    }

    [Fact]
    public void Special_characters_hidden_text_and_readings_are_told_apart()
    {
        ParsedDocument document = ReadWord(Word(
            "<w:p><w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t><w:softHyphen/><w:t>C</w:t><w:tab/><w:t>D</w:t><w:br/><w:t>E</w:t><w:sym w:char=\"F0FC\"/><w:sym w:char=\"03B1\"/></w:r>"
            + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"false\"/></w:rPr><w:t>shown</w:t></w:r></w:p>"
            + "<w:p><w:r><w:ruby><w:rt><w:r><w:t>한</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>韓</w:t></w:r></w:rubyBase></w:ruby></w:r><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:p>"));

        Assert.Equal(["Paragraph: A\u2011BC\tD\nEαshown", "Paragraph: 韓x=1"], Lines(document));
    }

    [Fact]
    public void Lines_of_code_are_one_block()
    {
        ParsedDocument document = ReadWord(Word(
            P("before", "x") + P("if (a)", "k") + P("", "k") + P("    b();", "k") + P("said", "q"),
            ("styles", "<w:style w:type=\"paragraph\" w:styleId=\"k\"><w:name w:val=\"Source Code\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"q\"><w:name w:val=\"Intense Quote\"/></w:style>")));

        Assert.Equal(["Paragraph: before", "Code: if (a)\n\n    b();", "Quote: said"], Lines(document));
    }

    [Fact]
    public void Strict_documents_and_misplaced_elements_are_read()
    {
        byte[] strict = Strict(Word(P("Title", "a") + P("text", "x"), ("styles", "<w:style w:type=\"paragraph\" w:styleId=\"a\"><w:name w:val=\"heading 1\"/></w:style>")));
        byte[] misplaced = Word("<w:hyperlink><w:p><w:r><w:t>misplaced</w:t></w:r></w:p></w:hyperlink><w:p><w:sectPr/><w:r><w:hyperlink><w:t>odd</w:t></w:hyperlink></w:r></w:p>");

        Assert.Equal(["Heading: Title", "Paragraph: text"], Lines(ReadWord(strict)));
        Assert.Equal(["Paragraph: misplaced", "Paragraph: odd"], Lines(ReadWord(misplaced)));
    }

    [Fact]
    public void Limits_hold_and_a_document_without_text_says_so()
    {
        string many = string.Concat(Enumerable.Repeat(P("word", "x"), 50));

        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Word(many), new DocumentLimits { MaxParts = 20 })));
        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Word(many), new DocumentLimits { MaxTextLength = 100 })));
        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Word(many), new DocumentLimits { MaxDepth = 4 })));
        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Word(many), new DocumentLimits { MaxUncompressedBytes = 1000 })));
        Assert.Equal(DocumentErrors.EmptyText, Error(() => ReadWord(Word("<w:p/><w:sectPr/>"))));
    }

    private static string P(string text, string style) =>
        $"<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>";

    private static string Item(string text, int list, int depth) =>
        $"<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{depth}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>";
}
