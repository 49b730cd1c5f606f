using System.IO.Compression;
using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Office.Docx;
using static LlmPlatform.Retrieval.Tests.Documents.Office.OfficeFiles;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>Packages that mean harm, and packages that are broken.</summary>
public sealed class OfficePackageTests
{
    private const string Paragraph = "<w:p><w:r><w:t>text</w:t></w:r></w:p>";

    [Theory]
    [InlineData("word/document.xml")]
    [InlineData("word/styles.xml")]
    [InlineData("word/_rels/document.xml.rels")]
    [InlineData("_rels/.rels")]
    public void A_document_type_definition_in_any_part_is_unsafe(string part)
    {
        byte[] file = Change(Word(Paragraph, ("styles", "")), part, xml => $"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>{xml}");

        Assert.Equal(DocumentErrors.UnsafeContent, Error(() => ReadWord(file)));
    }

    [Fact]
    public void An_entity_without_a_definition_and_cut_markup_are_corrupt()
    {
        byte[] file = Word(Paragraph);

        Assert.Equal(DocumentErrors.Corrupt, Error(() => ReadWord(Change(file, "word/document.xml", xml => xml.Replace("text", "&e;", StringComparison.Ordinal)))));
        Assert.Equal(DocumentErrors.Corrupt, Error(() => ReadWord(Change(file, "word/document.xml", xml => xml[..^9]))));
        Assert.Equal(DocumentErrors.Corrupt, Error(() => ReadWord(Change(file, "word/document.xml", _ => ""))));
    }

    [Fact]
    public void A_part_that_unpacks_too_far_is_refused_unless_nothing_reads_it()
    {
        string spaces = new(' ', 12_000_000);
        byte[] file = Word(Paragraph, ("styles", ""));

        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Change(file, "word/styles.xml", xml => xml + spaces))));
        Assert.Equal("text", ReadWord(Zip([.. Parts(file), ("word/media/unread.xml", spaces)])).Text);
    }

    [Fact]
    public void A_part_that_is_held_as_a_whole_has_a_size_of_its_own()
    {
        string digits = string.Concat(Enumerable.Range(0, 2_500_000).Select(number => $"{number:x7} "));
        byte[] file = Slides(($"<p:sp><p:txBody><a:p><a:r><a:t>{digits}</a:t></a:r></a:p></p:txBody></p:sp>", null));

        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadSlides(file)));
    }

    [Fact]
    public void What_leads_out_of_the_package_is_not_followed()
    {
        byte[] file = Change(Word(Paragraph), "word/_rels/document.xml.rels", _ =>
            "<Relationships>"
            + "<Relationship Id=\"a\" Type=\"x/attachedTemplate\" Target=\"http://192.0.2.1/t.dotm\" TargetMode=\"External\"/>"
            + "<Relationship Id=\"b\" Type=\"x/styles\" Target=\"../../../../etc/passwd\"/>"
            + "<Relationship Id=\"c\" Type=\"x/styles\" Target=\"file:///etc/passwd\"/>"
            + "<Relationship Id=\"d d\" Type=\"x/numbering\" Target=\"document.xml\"/>"
            + "<Relationship Id=\"e\" Type=\"x/footnotes\" Target=\"http://[bad\"/></Relationships>");

        Assert.Equal("text", ReadWord(file).Text);
    }

    [Fact]
    public void Two_parts_of_one_name_are_refused_and_names_above_the_root_are_no_parts()
    {
        byte[] file = Word(Paragraph);

        Assert.Equal(DocumentErrors.Corrupt, Error(() => ReadWord(Zip([.. Parts(file), ("WORD/document.xml", "<x/>")]))));
        Assert.Equal("text", ReadWord(Zip([.. Parts(file), ("../../evil.txt", "x"), ("/tmp/evil.txt", "x"), ("..\\evil.txt", "x")])).Text);
    }

    [Fact]
    public void A_million_entries_are_not_even_listed()
    {
        byte[] many = [.. Word(Paragraph), .. Enumerable.Repeat("PK\x01\x02"u8.ToArray(), 30_000).SelectMany(bytes => bytes)];

        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(many)));
    }

    [Fact]
    public void Reading_ends_when_it_is_told_to()
    {
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => new DocxParser().Parse(new DocumentSource("a.docx", Word(Paragraph)), new DocumentLimits(), source.Token));
    }

    [Fact]
    public void Title_and_author_come_from_the_properties()
    {
        byte[] file = Word(Paragraph);
        byte[] named = Zip(
            [.. Parts(Change(file, "_rels/.rels", _ => Relations(("r1", "officeDocument", "word/document.xml"), ("r2", "core-properties", "core.xml")))),
            ("core.xml", "<cp:p xmlns:cp=\"c\" xmlns:dc=\"d\"><dc:title> A title </dc:title><dc:creator>Some <b>one</b></dc:creator></cp:p>")]);

        ParsedDocument document = ReadWord(named);

        Assert.Equal("A title", document.Title);
        Assert.Equal("Some one", document.Author);
    }

    /// <summary>Damage within parts, packed anew so that checksums are right: an error of a known kind, or a document.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_parts_end_in_a_document_or_an_error(int seed)
    {
        byte[][] files =
        [
            Word(Paragraph + "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>" + Paragraph + "</w:tc></w:tr></w:tbl>",
                ("styles", "<w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"1\"/></w:style>"),
                ("numbering", "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num>")),
            Slides(("<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"title\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:pPr lvl=\"1\"/><a:r><a:t>t</a:t></a:r></a:p></p:txBody></p:sp>", "")),
            Workbook("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>5</v></c></row>", "<si><t>a</t></si>", "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>"),
        ];
        Random random = new(seed);
        HashSet<string> allowed = [DocumentErrors.Corrupt, DocumentErrors.EmptyText, DocumentErrors.LimitExceeded, DocumentErrors.UnsafeContent];
        for (int round = 0; round < 60; round++)
        {
            foreach (byte[] file in files)
            {
                byte[] damaged = Damage(file, random);
                foreach (Func<byte[], ParsedDocument> read in (Func<byte[], ParsedDocument>[])[one => ReadWord(one), one => ReadSlides(one), one => ReadWorkbook(one)])
                {
                    try
                    {
                        read(damaged);
                    }
                    catch (DocumentException error)
                    {
                        Assert.Contains(error.Code, allowed);
                    }
                }
            }
        }
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        List<(string Path, string Xml)> parts = Parts(file);
        int chosen = random.Next(parts.Count);
        StringBuilder text = new(parts[chosen].Xml);
        for (int edits = random.Next(1, 4); edits > 0 && text.Length > 2; edits--)
        {
            int at = random.Next(text.Length - 1);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, random.Next(1, Math.Min(20, text.Length - at)));
                    break;
                case 1:
                    text[at] = (char)random.Next(32, 127);
                    break;
                case 2:
                    text.Replace("1", "-99999999999", at, Math.Min(40, text.Length - at));
                    break;
                default:
                    text.Replace("\"r", "\"q", at, Math.Min(60, text.Length - at));
                    break;
            }
        }

        parts[chosen] = (parts[chosen].Path, text.ToString());
        return Zip([.. parts]);
    }

    private static List<(string Path, string Xml)> Parts(byte[] file)
    {
        using ZipArchive archive = new(new MemoryStream(file));
        return [.. archive.Entries.Select(entry =>
        {
            using StreamReader reader = new(entry.Open());
            return (entry.FullName, reader.ReadToEnd());
        })];
    }
}
