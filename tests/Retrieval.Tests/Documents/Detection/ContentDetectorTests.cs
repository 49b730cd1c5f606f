using System.IO.Compression;
using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Detection;

namespace LlmPlatform.Retrieval.Tests.Documents.Detection;

public sealed class ContentDetectorTests
{
    private const string Page = "<?xml version=\"1.0\"?><!-- a -->\n<!DOCTYPE html><title>t</title><p>words</p>";
    private const string Mail = "From: a@example.invalid\nSubject: folded\n over lines\nDate: Mon, 20 May 2024 18:00:00 +0900\n\nwords\n";

    [Theory]
    [InlineData("a.txt", "plain words", DocumentKinds.Text)]
    [InlineData("a", "plain words", DocumentKinds.Text)]
    [InlineData("a.pdf", "plain words in a file with a wrong name", DocumentKinds.Text)]
    [InlineData("a.md", "# words", DocumentKinds.Markdown)]
    [InlineData("a.MD", "<div>words</div>", DocumentKinds.Markdown)]
    [InlineData("a.html", "<p>words", DocumentKinds.Html)]
    [InlineData("a.md", Page, DocumentKinds.Html)]
    [InlineData("a.docx", Page, DocumentKinds.Html)]
    [InlineData("a.txt", "<htmlx> is no element", DocumentKinds.Text)]
    [InlineData("a.csv", "one,two", DocumentKinds.Csv)]
    [InlineData("a.tsv", "one\ttwo", DocumentKinds.Csv)]
    [InlineData("a.txt", "one\ttwo\nthree\tfour\n", DocumentKinds.Csv)]
    [InlineData("a.txt", "one\ttwo\nthree\n", DocumentKinds.Text)]
    [InlineData("a.jsonl", "{}", DocumentKinds.Jsonl)]
    [InlineData("a.json", "[]", DocumentKinds.Jsonl)]
    [InlineData("a.log", "{\"a\": 1}\n{\"a\": 2}\n", DocumentKinds.Jsonl)]
    [InlineData("a.log", "{\"a\": 1}\n{a}\n", DocumentKinds.Text)]
    [InlineData("a.txt", "From: the office\nTo be read by all.\n", DocumentKinds.Text)]
    [InlineData("a.txt", "From: the office\nTo: all\nSubject: a memo\n\nwords\n", DocumentKinds.Text)]
    [InlineData("a.txt", "%PDF-1.7 is what such a file begins with", DocumentKinds.Pdf)]
    [InlineData("a.txt", "A file that begins with %PDF-1.7 is a PDF.", DocumentKinds.Text)]
    [InlineData("a.txt", Mail, null)]
    [InlineData("a.eml", Mail, null)]
    [InlineData("a.txt", "{\\rtf1 words}", null)]
    public void Text_is_known_by_its_marks_and_then_by_its_name(string filename, string text, string? kind) =>
        Assert.Equal(kind, ContentDetector.Detect(new DocumentSource(filename, Encoding.UTF8.GetBytes(text))));

    public static TheoryData<byte[], string> Foreign => new()
    {
        { [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0], "ELF" },
        { [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13], "PNG" },
        { [0x1F, 0x8B, 8, 0, 1, 2, 3, 4], "gzip" },
        { Zip(), "zip archive" },
        { [.. Enumerable.Range(0, 4000).Select(i => (byte)(i * i * 31 >> 3))], "binary data" },
        { Encoding.UTF8.GetBytes(Mail), "mail message" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void What_is_not_read_is_refused_whatever_its_name_and_named(byte[] bytes, string named)
    {
        foreach (string filename in new[] { "a.txt", "a.csv", "a.pdf", "a.docx", "a" })
        {
            DocumentException error = Assert.Throws<DocumentException>(() => DocumentText.Read(filename, bytes));
            Assert.Equal(DocumentErrors.UnsupportedType, error.Code);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_white_space_and_too_much_are_refused()
    {
        Assert.Equal(DocumentErrors.EmptyFile, DocumentText.ErrorOf("a.txt", []));
        foreach (string filename in new[] { "a.txt", "a.md", "a.html", "a.csv", "a.jsonl" })
        {
            Assert.Equal(DocumentErrors.EmptyText, DocumentText.ErrorOf(filename, " \r\n\t \n"u8.ToArray()));
        }

        Assert.Equal(DocumentErrors.EmptyText, DocumentText.ErrorOf("a.html", "<nav>only this</nav>"u8.ToArray()));
        Assert.Equal(DocumentErrors.LimitExceeded, DocumentText.ErrorOf("a.txt", new byte[11], new DocumentLimits { MaxBytes = 10 }));
        foreach (string filename in new[] { "a.txt", "a.md", "a.html", "a.csv", "a.json" })
        {
            Assert.Equal(
                DocumentErrors.LimitExceeded,
                DocumentText.ErrorOf(filename, "\"words and words\""u8.ToArray(), new DocumentLimits { MaxTextLength = 10 }));
        }
    }

    private static byte[] Zip()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using StreamWriter writer = new(archive.CreateEntry("a.txt").Open());
            writer.Write("words");
        }

        return stream.ToArray();
    }
}
