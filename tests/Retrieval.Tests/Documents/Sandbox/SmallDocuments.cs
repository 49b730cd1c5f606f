using System.IO.Compression;
using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>A small document of each kind.</summary>
internal static class SmallDocuments
{
    private const string Types = "application/vnd.openxmlformats-officedocument.";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>One of each kind, named after it.</summary>
    internal static IEnumerable<DocumentSource> All() =>
    [
        new("a.txt", "Plain text.\n\n그냥 글.\n"u8.ToArray()),
        new("latin.txt", new byte[] { (byte)'c', (byte)'a', (byte)'f', 0xE9, (byte)'\n' }),
        new("korean.txt", new byte[] { 0xB0, 0xA1, 0xB3, 0xAA, 0xB4, 0xD9, (byte)'\n' }),
        new("a.md", "# Title\n\nText with *stress*.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n"u8.ToArray()),
        new("a.html", "<!DOCTYPE html><html><head><title>T</title></head><body><main><h1>T</h1><p>Text</p><ul><li>one</li></ul><table><tr><td>1</td></tr></table></main></body></html>"u8.ToArray()),
        new("a.csv", "name,count\n\"a, b\",1\nc,2\n"u8.ToArray()),
        new("a.jsonl", "{\"a\": 1, \"b\": [true, null]}\n{\"a\": 2.5, \"b\": \"c\"}\n"u8.ToArray()),
        new("a.docx", Word()),
        new("a.pptx", Slides()),
        new("a.xlsx", Sheets()),
        new("a.pdf", Pdf()),
    ];

    private static byte[] Word()
    {
        const string Namespace = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
        return Package(
            ("word/document.xml", $"{Types}wordprocessingml.document.main+xml", "officeDocument", $"""
                <w:document {Namespace}><w:body><w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>Title</w:t></w:r></w:p><w:p><w:r><w:t>Text</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>
                """),
            ("word/styles.xml", $"{Types}wordprocessingml.styles+xml", "styles", $"""
                <w:styles {Namespace}><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>
                """));
    }

    private static byte[] Slides() => Package(
        ("ppt/presentation.xml", $"{Types}presentationml.presentation.main+xml", "officeDocument", $"""
            <p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="{Relations}"><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>
            """),
        ("ppt/slides/slide1.xml", $"{Types}presentationml.slide+xml", "slide", """
            <p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>Title</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>
            """));

    private static byte[] Sheets()
    {
        const string Namespace = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        return Package(
            ("xl/workbook.xml", $"{Types}spreadsheetml.sheet.main+xml", "officeDocument", $"""
                <workbook {Namespace} xmlns:r="{Relations}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>
                """),
            ("xl/worksheets/sheet1.xml", $"{Types}spreadsheetml.worksheet+xml", "worksheet", $"""
                <worksheet {Namespace}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45000.5</v></c></row></sheetData></worksheet>
                """),
            ("xl/sharedStrings.xml", $"{Types}spreadsheetml.sharedStrings+xml", "sharedStrings", $"""
                <sst {Namespace} count="1" uniqueCount="1"><si><t>name</t></si></sst>
                """),
            ("xl/styles.xml", $"{Types}spreadsheetml.styles+xml", "styles", $"""
                <styleSheet {Namespace}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>
                """));
    }

    // The first part is the package's main one; the others are related to it, by the names r1, r2 and so on.
    private static byte[] Package(params (string Path, string Type, string Relation, string Content)[] parts)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            string overrides = string.Concat(parts.Select(part => $"<Override PartName=\"/{part.Path}\" ContentType=\"{part.Type}\"/>"));
            Add(archive, "[Content_Types].xml", $"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{overrides}</Types>");
            (string folder, string file) = (Path.GetDirectoryName(parts[0].Path)!, Path.GetFileName(parts[0].Path));
            Add(archive, "_rels/.rels", Related([(parts[0].Relation, parts[0].Path)]));
            Add(archive, $"{folder}/_rels/{file}.rels", Related(parts.Skip(1).Select(part => (part.Relation, part.Path[(folder.Length + 1)..]))));
            foreach ((string path, _, _, string content) in parts)
            {
                Add(archive, path, content);
            }
        }

        return stream.ToArray();
    }

    private static string Related(IEnumerable<(string Relation, string Target)> targets) =>
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        + string.Concat(targets.Select((target, index) => $"<Relationship Id=\"r{index + 1}\" Type=\"{Relations}/{target.Relation}\" Target=\"{target.Target}\"/>"))
        + "</Relationships>";

    private static void Add(ZipArchive archive, string path, string content)
    {
        using Stream entry = archive.CreateEntry(path).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }

    private static byte[] Pdf()
    {
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "<< /Length 88 >>\nstream\nBT /F1 18 Tf 20 250 Td (Title) Tj ET BT /F1 10 Tf 20 200 Td (Some words of text) Tj ET  \nendstream",
        ];
        StringBuilder pdf = new("%PDF-1.4\n");
        List<int> places = [];
        for (int i = 0; i < objects.Length; i++)
        {
            places.Add(pdf.Length);
            pdf.Append($"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        int table = pdf.Length;
        pdf.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        places.ForEach(place => pdf.Append($"{place:D10} 00000 n \n"));
        pdf.Append($"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}
