using System.Xml;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>A document's title and author, from its information dictionary or its XMP packet.</summary>
internal static class Metadata
{
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const int LongestValue = 1000;

    /// <summary>Title and author, null where the document names none.</summary>
    public static (string? Title, string? Author) Read(PdfDocument document, ReadingBudget budget)
    {
        string? title = Clean(document.Information.Title);
        string? author = Clean(document.Information.Author);
        if (title is not null && author is not null)
        {
            return (title, author);
        }

        try
        {
            if (document.TryGetXmpMetadata(out XmpMetadata? packet) && packet is not null)
            {
                (string? packetTitle, string? packetAuthor) = ReadPacket(packet.GetXmlMemory());
                return (title ?? packetTitle, author ?? packetAuthor);
            }
        }
        catch (Exception e) when (e is not (DocumentException or OperationCanceledException or OutOfMemoryException))
        {
            // A damaged packet says nothing; the text does not depend on it.
            budget.Check();
        }

        return (title, author);
    }

    // dc:title and dc:creator hold a list; its first item counts.
    private static (string? Title, string? Author) ReadPacket(ReadOnlyMemory<byte> packet)
    {
        using MemoryStream bytes = new(packet.ToArray(), writable: false);
        using XmlReader reader = XmlReader.Create(bytes, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = 8 << 20,
        });
        string? title = null;
        string? author = null;
        string? inside = null;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.NamespaceURI == DublinCore)
            {
                inside = reader.IsEmptyElement ? null : reader.LocalName;
            }
            else if (reader.NodeType == XmlNodeType.EndElement && reader.NamespaceURI == DublinCore)
            {
                inside = null;
            }
            else if (reader.NodeType == XmlNodeType.Text && inside == "title")
            {
                title ??= Clean(reader.Value);
            }
            else if (reader.NodeType == XmlNodeType.Text && inside == "creator")
            {
                author ??= Clean(reader.Value);
            }
        }

        return (title, author);
    }

    private static string? Clean(string? value)
    {
        string text = string.Concat((value ?? "").Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length == 0 ? null : text[..Math.Min(text.Length, LongestValue)];
    }
}
