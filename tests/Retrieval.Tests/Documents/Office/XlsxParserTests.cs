using System.Globalization;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Office.Xlsx;
using static LlmPlatform.Retrieval.Tests.Documents.Office.OfficeFiles;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>Rules of workbooks.</summary>
public sealed class XlsxParserTests
{
    [Theory]
    [InlineData("General", "0.30000000000000004", "0.3")]
    [InlineData("General", "1E+21", "1E+21")]
    [InlineData("[Red]General", "-5", "-5")]
    [InlineData("0.0%", "0.1234", "12.3%")]
    [InlineData("#,##0.00\" 원\"", "1234567.891", "1,234,567.89 원")]
    [InlineData("0\" days\"", "3", "3 days")]
    [InlineData(";;;", "7", "7")]
    [InlineData("yyyy\\-mm\\-dd", "43858", "2020-01-28")]
    [InlineData("[$-412]yyyy\". \"m\". \"d\". \"AAAA", "45831", "2025-06-23")]
    [InlineData("d mmmm yyyy;@", "36525", "1999-12-31")]
    [InlineData("yyyy-mm-dd hh:mm:ss", "45351.57326388889", "2024-02-29 13:45:30")]
    [InlineData("hh:mm:ss", "0.999363425925926", "23:59:05")]
    [InlineData("mm:ss.0", "0.5", "12:00:00")]
    [InlineData("mmm-yy", "45000", "2023-03-15")]
    [InlineData("[h]:mm", "1.5", "36:00")]
    [InlineData("d/m/yyyy", "1", "1900-01-01")]
    [InlineData("d/m/yyyy", "61", "1900-03-01")]
    [InlineData("d/m/yyyy", "-1", "-1")]
    [InlineData("d/m/yyyy", "99999999", "99999999")]
    [InlineData("not a [format", "12", "12")]
    [InlineData("[$₩-412]#,##0", "1234.5", "₩1,235")]
    [InlineData("0.00E+00", "12345", "1.23E+04")]
    [InlineData("#,##0_);[Red](#,##0)", "-1234", "(1,234)")]
    [InlineData("000-0000", "123456", "012-3456")]
    public void Numbers_are_shown_by_their_format_and_dates_as_days(string code, string stored, string shown)
    {
        string styles = $"<numFmts><numFmt numFmtId=\"170\" formatCode=\"{System.Security.SecurityElement.Escape(code)}\"/></numFmts><cellXfs><xf/><xf numFmtId=\"170\"/></cellXfs>";

        ParsedDocument document = ReadWorkbook(Workbook($"<row r=\"1\"><c r=\"A1\" s=\"1\"><v>{stored}</v></c></row>", styles: styles));

        Assert.Equal(shown, document.Text);
    }

    [Theory]
    [InlineData("0", "1904-01-01")]
    [InlineData("43889.5", "2024-02-29")]
    public void Days_may_count_from_1904(string stored, string shown)
    {
        ParsedDocument document = ReadWorkbook(Workbook(
            $"<row r=\"1\"><c r=\"A1\" s=\"0\"><v>{stored}</v></c></row>",
            styles: "<cellXfs><xf numFmtId=\"14\"/></cellXfs>",
            properties: "<workbookPr date1904=\"1\"/>"));

        Assert.Equal(shown, document.Text);
    }

    [Fact]
    public void Cells_of_every_type_have_their_texts_and_addresses()
    {
        ParsedDocument document = ReadWorkbook(Workbook(
            "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><r><t>in</t></r><r><t>line</t></r></is></c><c r=\"F3\" t=\"b\"><v>1</v></c></row>"
            + "<row><c t=\"str\"><f>A1</f><v>made</v></c><c t=\"e\"><v>#N/A</v></c><c><f>1+1</f></c><c t=\"s\"><v>99</v></c><c t=\"d\"><v>2024-05-01</v></c></row>",
            "<si><r><t>shared </t></r><r><t>runs</t></r><rPh><t>reading</t></rPh></si>"));

        Assert.Equal(["shared runs", "inline", "", "", "TRUE"], Cells(document)[0][1..]);
        Assert.Equal(["made", "#N/A", "", "", "2024-05-01"], Cells(document)[1]);
        Assert.Equal(["A3", "B3", "C3", "D3", "E3", "F3"], document.Blocks[0].Rows[0].Cells.Select(cell => cell.Reference));
        Assert.Equal("E4", document.Blocks[0].Rows[1].Cells[^1].Reference);
        Assert.Equal("S", document.Blocks[0].Sheet);
        Assert.Equal(2, document.Warnings.Count);
    }

    [Fact]
    public void Rows_apart_are_tables_apart_and_a_first_row_of_texts_names_the_columns()
    {
        ParsedDocument document = ReadWorkbook(Workbook(
            "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>name</v></c><c r=\"B1\" t=\"str\"><v>count</v></c></row>"
            + "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>x</v></c><c r=\"B2\"><v>1</v></c></row>"
            + "<row r=\"9\"><c r=\"XFD9\"><v>5</v></c></row>"));

        Assert.Equal(["name\tcount\nx\t1", "5"], document.Blocks.Select(block => document.TextOf(block).ToString()));
        Assert.Equal([true, false], document.Blocks[0].Rows.Select(row => row.IsHeader));
        Assert.False(document.Blocks[1].Rows[0].IsHeader);
    }

    [Fact]
    public void A_wide_gap_makes_no_cells_and_limits_hold()
    {
        byte[] file = Workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row>");

        Assert.Equal(2, ReadWorkbook(file).Blocks[0].Rows[0].Cells.Count);
        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWorkbook(file, new DocumentLimits { MaxParts = 1 })));
        Assert.Equal(DocumentErrors.EmptyText, Error(() => ReadWorkbook(Workbook("<row/>"))));
    }

    [Fact]
    public void Strict_workbooks_are_read()
    {
        byte[] file = Strict(Workbook(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>45000</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>in</t></is></c></row>",
            "<si><t>shared</t></si>",
            "<cellXfs><xf/><xf numFmtId=\"31\"/></cellXfs>"));

        Assert.Equal(["shared", "2023-03-15", "in"], Assert.Single(Cells(ReadWorkbook(file))));
    }

    [Theory]
    [InlineData("A1", 1, 1)]
    [InlineData("z9", 9, 26)]
    [InlineData("AA10", 10, 27)]
    [InlineData("XFD1048576", 1048576, 16384)]
    public void Addresses_are_read_and_written(string text, int row, int column)
    {
        Assert.True(CellAddress.TryParse(text, out CellAddress address));
        Assert.Equal(new CellAddress(row, column), address);
        Assert.Equal(text.ToUpper(CultureInfo.InvariantCulture), address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("1")]
    [InlineData("A0")]
    [InlineData("XFE1")]
    [InlineData("A1048577")]
    [InlineData("A-1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA1")]
    [InlineData("A99999999999999")]
    public void What_is_no_address_is_refused(string text) => Assert.False(CellAddress.TryParse(text, out _));
}
