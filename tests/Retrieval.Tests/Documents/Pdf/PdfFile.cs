using System.Globalization;
using System.IO.Compression;
using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Pdf;

namespace LlmPlatform.Retrieval.Tests.Documents.Pdf;

/// <summary>Writes small PDF files: object 1 is the catalog, 2 the page tree, 5 Helvetica; pages begin at 10.</summary>
internal sealed class PdfFile
{
    private readonly SortedDictionary<int, byte[]> _objects = [];
    private readonly List<int> _pages = [];

    public string Catalog { get; set; } = "";

    public string Resources { get; set; } = "";

    public PdfFile Object(int number, string value)
    {
        _objects[number] = Encoding.Latin1.GetBytes(value);
        return this;
    }

    public PdfFile Stream(int number, string content, string entries = "", bool deflated = false) =>
        Stream(number, Encoding.Latin1.GetBytes(content), entries, deflated);

    public PdfFile Stream(int number, byte[] content, string entries = "", bool deflated = false)
    {
        byte[] data = deflated ? Deflated(content) : content;
        string filter = deflated ? "/Filter /FlateDecode" : "";
        string head = string.Create(CultureInfo.InvariantCulture, $"<< /Length {data.Length} {filter} {entries} >>\nstream\n");
        _objects[number] = [.. Encoding.Latin1.GetBytes(head), .. data, .. "\nendstream"u8];
        return this;
    }

    public PdfFile Page(string content, bool deflated = false)
    {
        int number = 10 + (_pages.Count * 2);
        _pages.Add(number);
        Object(number, $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R /Resources << /Font << /F1 5 0 R >> {Resources} >> >>");
        return Stream(number + 1, content, deflated: deflated);
    }

    public byte[] ToBytes()
    {
        Object(1, $"<< /Type /Catalog /Pages 2 0 R {Catalog} >>");
        Object(2, $"<< /Type /Pages /Kids [{string.Join(' ', _pages.Select(page => $"{page} 0 R"))}] /Count {_pages.Count} >>");
        if (!_objects.ContainsKey(5))
        {
            Object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        }

        MemoryStream file = new();
        Dictionary<int, long> offsets = [];
        file.Write("%PDF-1.5\n"u8);
        foreach ((int number, byte[] value) in _objects)
        {
            offsets[number] = file.Length;
            file.Write(Encoding.Latin1.GetBytes($"{number} 0 obj\n"));
            file.Write(value);
            file.Write("\nendobj\n"u8);
        }

        long start = file.Length;
        StringBuilder table = new();
        table.Append("xref\n0 1\n0000000000 65535 f \n");
        foreach ((int number, long offset) in offsets)
        {
            table.Append(CultureInfo.InvariantCulture, $"{number} 1\n{offset:D10} 00000 n \n");
        }

        table.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {offsets.Keys.Max() + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.Write(Encoding.Latin1.GetBytes(table.ToString()));
        return file.ToArray();
    }

    public ParsedDocument Parse() => Parse(ToBytes());

    public static ParsedDocument Parse(byte[] bytes) => new PdfParser().Parse(
        new DocumentSource("test.pdf", bytes), new DocumentLimits(), TestContext.Current.CancellationToken);

    /// <summary>The code that a file is refused with.</summary>
    public static string Refused(byte[] bytes) => Assert.Throws<DocumentException>(() => Parse(bytes)).Code;

    public static string Lines(params string[] lines) =>
        "BT /F1 10 Tf 50 780 Td 12 TL " + string.Concat(lines.Select(line => $"({line}) Tj T* ")) + "ET ";

    public static byte[] Deflated(byte[] content)
    {
        MemoryStream result = new();
        using (ZLibStream deflating = new(result, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflating.Write(content);
        }

        return result.ToArray();
    }
}
