using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Pdf;

/// <summary>Small files that ask for much, and damaged ones.</summary>
public sealed class PdfHostileTests
{
    private const string Line = "BT /F1 10 Tf 50 700 Td (Line AB-12) Tj ET ";
    private const string Composite =
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 41 0 R /DescendantFonts [<< /Type /Font "
        + "/Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W {0} >>] >>";

    [Fact]
    public void A_bookmark_that_is_its_own_grandchild_is_read_once()
    {
        PdfFile file = new PdfFile { Catalog = "/Outlines 30 0 R" }.Page(Line)
            .Object(30, "<< /First 31 0 R >>")
            .Object(31, "<< /Title (a) /First 32 0 R /Next 31 0 R /Dest [10 0 R /Fit] >>")
            .Object(32, "<< /Title (b) /First 31 0 R /Next 30 0 R /Dest [10 0 R /Fit] >>");
        Assert.Equal("Line AB-12", file.Parse().Text);
    }

    [Fact]
    public void Fields_that_are_their_own_kids_are_read_once()
    {
        PdfFile file = new PdfFile { Catalog = "/AcroForm << /Fields [30 0 R] >>" }.Page(Line)
            .Object(30, "<< /T (a) /FT /Tx /V (value) /Kids [30 0 R 31 0 R] >>")
            .Object(31, "<< /T (b) /Kids [30 0 R] >>");
        Assert.StartsWith("Line AB-12", file.Parse().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Forms_that_draw_forms_that_draw_forms_are_counted_before_they_are_drawn()
    {
        PdfFile file = new PdfFile { Resources = "/XObject << /X 50 0 R >>" }.Page("/X Do");
        for (int i = 0; i < 12; i++)
        {
            string inner = i == 11 ? "" : $"/XObject << /X {51 + i} 0 R >>";
            string content = i == 11 ? Line : string.Concat(Enumerable.Repeat("/X Do ", 10));
            file.Stream(50 + i, content, $"/Type /XObject /Subtype /Form /BBox [0 0 900 900] /Resources << /Font << /F1 5 0 R >> {inner} >>");
        }

        Assert.Equal(DocumentErrors.LimitExceeded, PdfFile.Refused(file.ToBytes()));
    }

    [Fact]
    public void A_costly_page_is_left_out_and_the_others_are_read()
    {
        ParsedDocument document = new PdfFile().Page(Line)
            .Page($"BT /F1 10 Tf 50 700 Td ({new string('a', 2_000_000)}) Tj ET", deflated: true).Parse();
        Assert.Equal("Line AB-12", document.Text);
        Assert.Contains(document.Warnings, warning => warning.StartsWith("costly_pages", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[0 2000000000 500]", "<0000> <00FF> <0041>")]
    [InlineData("[0 [500]]", "<00000000> <FFFFFFFF> <0041>")]
    public void Ranges_that_cover_all_codes_are_not_expanded(string widths, string range)
    {
        PdfFile file = new PdfFile().Page("BT /F1 10 Tf 50 700 Td <00410042> Tj ET")
            .Object(5, Composite.Replace("{0}", widths, StringComparison.Ordinal))
            .Stream(41, $"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange {range} endbfrange endcmap");
        Assert.Equal(DocumentErrors.LimitExceeded, PdfFile.Refused(file.ToBytes()));
    }

    [Fact]
    public void A_stream_deflated_twice_is_counted_while_it_is_inflated()
    {
        byte[] twice = PdfFile.Deflated(PdfFile.Deflated(new byte[200 << 20]));
        Assert.True(twice.Length < 10_000);
        PdfFile file = new PdfFile().Page(Line).Stream(11, twice, "/Filter [/FlateDecode /FlateDecode]");
        Assert.Equal(DocumentErrors.LimitExceeded, PdfFile.Refused(file.ToBytes()));
    }

    [Fact]
    public void A_cross_reference_stream_that_promises_too_much_is_refused()
    {
        byte[] bytes = Encoding.Latin1.GetBytes(
            "%PDF-1.5\n1 0 obj\n<< /Type /XRef /Size 7 /Root 1 0 R /W [1 4 1] /Index [1 2000000000] /Length 0 >>\nstream\n\nendstream\nendobj\nstartxref\n9\n%%EOF");
        Assert.Equal(DocumentErrors.LimitExceeded, PdfFile.Refused(bytes));
    }

    [Fact]
    public void A_file_cut_off_before_its_table_is_written_anew()
    {
        byte[] bytes = new PdfFile().Page(Line).Page(PdfFile.Lines("Second page.")).ToBytes();
        int table = Encoding.Latin1.GetString(bytes).IndexOf("xref", StringComparison.Ordinal);
        ParsedDocument document = PdfFile.Parse(bytes[..table]);
        Assert.Equal(2, document.PageCount);
        Assert.Contains("Second page.", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_pdf_at_all_is_corrupt() => Assert.Equal(DocumentErrors.Corrupt, PdfFile.Refused("%PDF-1.7\n"u8.ToArray()));

    [Fact]
    public void No_bytes_are_an_empty_file() => Assert.Equal(DocumentErrors.EmptyFile, PdfFile.Refused([]));

    [Fact]
    public void Pages_without_text_are_no_text() => Assert.Equal(DocumentErrors.NoText, PdfFile.Refused(new PdfFile().Page("0 0 100 100 re f").ToBytes()));

    [Fact]
    public void A_cancelled_reading_ends()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        DocumentSource source = new("a.pdf", new PdfFile().Page(Line).ToBytes());
        Assert.Throws<OperationCanceledException>(() =>
            new LlmPlatform.Retrieval.Documents.Pdf.PdfParser().Parse(source, new DocumentLimits(), cancelled.Token));
    }
}
