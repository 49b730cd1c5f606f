using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Office;
using static LlmPlatform.Retrieval.Tests.Documents.Office.OfficeFiles;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>What a container is told to be.</summary>
public sealed class OfficeContainersTests
{
    private const string Paragraph = "<w:p><w:r><w:t>text</w:t></w:r></w:p>";

    [Theory]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", DocumentKinds.Docx)]
    [InlineData("application/vnd.ms-word.document.macroEnabled.main+xml", DocumentKinds.Docx)]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", DocumentKinds.Docx)]
    [InlineData("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", DocumentKinds.Pptx)]
    [InlineData("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml", DocumentKinds.Pptx)]
    [InlineData("application/vnd.ms-excel.sheet.macroEnabled.main+xml", DocumentKinds.Xlsx)]
    [InlineData("application/vnd.ms-excel.sheet.binary.macroEnabled.main", null)]
    [InlineData("application/vnd.ms-visio.drawing.main+xml", null)]
    public void The_media_type_of_the_main_part_decides(string type, string? kind)
    {
        byte[] file = Zip(
            ("[Content_Types].xml", $"<Types><Override PartName=\"/any/Thing.xml\" ContentType=\"{type}\"/></Types>"),
            ("_rels/.rels", Relations(("r", "officeDocument", "any/thing.xml"))),
            ("any/thing.xml", "<x/>"));

        Assert.Equal(kind, OfficeContainers.Detect(file));
    }

    [Fact]
    public void Other_content_is_none()
    {
        Assert.Null(OfficeContainers.Detect(default));
        Assert.Null(OfficeContainers.Detect("plain"u8.ToArray()));
        Assert.Null(OfficeContainers.Detect(Zip(("mimetype", "application/epub+zip"))));
    }

    [Theory]
    [InlineData("EncryptedPackage", DocumentErrors.Encrypted)]
    [InlineData("WordDocument", DocumentErrors.UnsupportedType)]
    public void A_compound_file_is_encrypted_or_old(string stream, string code)
    {
        byte[] file = new byte[2048];
        new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1 }.CopyTo(file, 0);
        byte[] name = Encoding.Unicode.GetBytes(stream + "\0");
        name.CopyTo(file, 1024 + 128);
        file[1024 + 128 + 64] = (byte)name.Length;
        file[1024 + 128 + 66] = 2;

        Assert.Equal(code, Assert.Throws<DocumentException>(() => OfficeContainers.Detect(file)).Code);
        Assert.Equal(code, Error(() => ReadWord(file)));
    }

    [Fact]
    public void A_cut_zip_file_is_corrupt()
    {
        byte[] file = Word(Paragraph);

        for (int length = 4; length < file.Length; length += 13)
        {
            Assert.Equal(DocumentErrors.Corrupt, Assert.Throws<DocumentException>(() => OfficeContainers.Detect(file.AsMemory(0, length))).Code);
        }
    }

    [Fact]
    public void A_file_is_read_by_no_parser_of_another_kind()
    {
        Assert.Equal(DocumentErrors.Corrupt, Error(() => ReadWorkbook(Zip(("[Content_Types].xml", "<Types/>")))));
        Assert.Equal(DocumentErrors.EmptyFile, Error(() => ReadSlides([])));
        Assert.Equal(DocumentErrors.LimitExceeded, Error(() => ReadWord(Word(Paragraph), new DocumentLimits { MaxBytes = 100 })));
    }
}
