using System.IO.Compression;
using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Office.Docx;
using LlmPlatform.Retrieval.Documents.Office.Pptx;
using LlmPlatform.Retrieval.Documents.Office.Xlsx;

namespace LlmPlatform.Retrieval.Tests.Documents.Office;

/// <summary>Makes small Office documents out of the XML of their parts, and reads them.</summary>
internal static class OfficeFiles
{
    public const string RelationNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private const string Xmlns = """
        xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
        xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
        xmlns:v="urn:schemas-microsoft-com:vml"
        xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
        xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
        xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"
        xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
        xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"
        """;

    /// <summary>A Word document; parts beside the body are named styles, numbering, footnotes or endnotes.</summary>
    public static byte[] Word(string body, params (string Part, string Content)[] others)
    {
        List<(string Path, string Xml)> parts =
        [
            ("[Content_Types].xml", Types("word/document.xml", "wordprocessingml.document")),
            ("_rels/.rels", Relations(("r1", "officeDocument", "word/document.xml"))),
            ("word/document.xml", $"<w:document {Xmlns}><w:body>{body}</w:body></w:document>"),
            ("word/_rels/document.xml.rels", Relations([.. others.Select(other => ($"r-{other.Part}", other.Part, $"{other.Part}.xml"))])),
            .. others.Select(other => ($"word/{other.Part}.xml", $"<w:{other.Part} {Xmlns}>{other.Content}</w:{other.Part}>")),
        ];
        return Zip([.. parts]);
    }

    /// <summary>A presentation; each slide is the content of its shape tree, and its notes.</summary>
    public static byte[] Slides(params (string Shapes, string? Notes)[] slides)
    {
        List<(string Path, string Xml)> parts =
        [
            ("[Content_Types].xml", Types("ppt/presentation.xml", "presentationml.presentation")),
            ("_rels/.rels", Relations(("r1", "officeDocument", "/ppt/presentation.xml"))),
            ("ppt/presentation.xml", $"<p:presentation {Xmlns}><p:sldIdLst>{string.Concat(slides.Select((_, i) => $"<p:sldId id=\"{256 + i}\" r:id=\"s{i}\"/>"))}</p:sldIdLst></p:presentation>"),
            ("ppt/_rels/presentation.xml.rels", Relations([.. slides.Select((_, i) => ($"s{i}", "slide", $"slides/slide{i}.xml"))])),
        ];
        for (int i = 0; i < slides.Length; i++)
        {
            parts.Add(($"ppt/slides/slide{i}.xml", $"<p:sld {Xmlns}><p:cSld><p:spTree>{slides[i].Shapes}</p:spTree></p:cSld></p:sld>"));
            if (slides[i].Notes is { } notes)
            {
                parts.Add(($"ppt/slides/_rels/slide{i}.xml.rels", Relations(("n", "notesSlide", $"../notes/notes{i}.xml"))));
                parts.Add(($"ppt/notes/notes{i}.xml", $"<p:notes {Xmlns}><p:cSld><p:spTree>{notes}</p:spTree></p:cSld></p:notes>"));
            }
        }

        return Zip([.. parts]);
    }

    /// <summary>A workbook of one sheet named S.</summary>
    public static byte[] Workbook(string rows, string? strings = null, string? styles = null, string properties = "")
    {
        const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        return Zip(
            ("[Content_Types].xml", Types("xl/workbook.xml", "spreadsheetml.sheet")),
            ("_rels/.rels", Relations(("r1", "officeDocument", "xl/workbook.xml"))),
            ("xl/workbook.xml", $"<workbook {Main} {Xmlns}>{properties}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", Relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml"), ("r3", "styles", "styles.xml"))),
            ("xl/worksheets/sheet1.xml", $"<worksheet {Main}><sheetData>{rows}</sheetData></worksheet>"),
            ("xl/sharedStrings.xml", $"<sst {Main}>{strings}</sst>"),
            ("xl/styles.xml", $"<styleSheet {Main}>{styles}</styleSheet>"));
    }

    public static byte[] Zip(params (string Path, string Xml)[] parts)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string path, string xml) in parts)
            {
                using Stream entry = archive.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(xml));
            }
        }

        return stream.ToArray();
    }

    /// <summary>The same file with one part's text changed.</summary>
    public static byte[] Change(byte[] file, string part, Func<string, string> change)
    {
        using ZipArchive archive = new(new MemoryStream(file), ZipArchiveMode.Read);
        return Zip([.. archive.Entries.Select(entry =>
        {
            using StreamReader reader = new(entry.Open());
            string text = reader.ReadToEnd();
            return (entry.FullName, entry.FullName == part ? change(text) : text);
        })]);
    }

    /// <summary>The same file in the namespaces of ISO's strict variant.</summary>
    public static byte[] Strict(byte[] file)
    {
        using ZipArchive archive = new(new MemoryStream(file), ZipArchiveMode.Read);
        return Zip([.. archive.Entries.Select(entry =>
        {
            using StreamReader reader = new(entry.Open());
            string text = reader.ReadToEnd();
            foreach (string name in (string[])["wordprocessingml", "presentationml", "spreadsheetml", "drawingml"])
            {
                text = text.Replace($"http://schemas.openxmlformats.org/{name}/2006/main", $"http://purl.oclc.org/ooxml/{name}/main", StringComparison.Ordinal);
            }

            return (entry.FullName, text.Replace(RelationNamespace, "http://purl.oclc.org/ooxml/officeDocument/relationships", StringComparison.Ordinal));
        })]);
    }

    public static string Types(string main, string kind) =>
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        + $"<Override PartName=\"/{main}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/></Types>";

    public static string Relations(params (string Id, string Name, string Target)[] relations) =>
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        + string.Concat(relations.Select(one => $"<Relationship Id=\"{one.Id}\" Type=\"{RelationNamespace}/{one.Name}\" Target=\"{one.Target}\"/>"))
        + "</Relationships>";

    public static ParsedDocument ReadWord(byte[] file, DocumentLimits? limits = null) => Read(new DocxParser(), file, limits);

    public static ParsedDocument ReadSlides(byte[] file, DocumentLimits? limits = null) => Read(new PptxParser(), file, limits);

    public static ParsedDocument ReadWorkbook(byte[] file, DocumentLimits? limits = null) => Read(new XlsxParser(), file, limits);

    /// <summary>The code of the error that reading ends with.</summary>
    public static string Error(Func<ParsedDocument> read) => Assert.Throws<DocumentException>(read).Code;

    /// <summary>The blocks as one line each: kind and text.</summary>
    public static string[] Lines(ParsedDocument document) =>
        [.. document.Blocks.Select(block => $"{block.Kind}: {document.TextOf(block)}")];

    /// <summary>The cells of all tables, with their addresses where they have any.</summary>
    public static string[][] Cells(ParsedDocument document) =>
        [.. document.Blocks.SelectMany(block => block.Rows).Select(row =>
            row.Cells.Select(cell => document.Text[cell.Start..cell.End]).ToArray())];

    private static ParsedDocument Read(IDocumentParser parser, byte[] file, DocumentLimits? limits) =>
        parser.Parse(new DocumentSource("file", file), limits ?? new DocumentLimits(), TestContext.Current.CancellationToken);
}
