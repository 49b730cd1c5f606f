using LlmPlatform.Retrieval.Documents.Csv;
using LlmPlatform.Retrieval.Documents.Html;
using LlmPlatform.Retrieval.Documents.Jsonl;
using LlmPlatform.Retrieval.Documents.Markdown;
using LlmPlatform.Retrieval.Documents.Office.Docx;
using LlmPlatform.Retrieval.Documents.Office.Pptx;
using LlmPlatform.Retrieval.Documents.Office.Xlsx;
using LlmPlatform.Retrieval.Documents.Pdf;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Detection;

/// <summary>All parsers, and the way from a file to its text.</summary>
public static class DocumentParsers
{
    private static readonly Dictionary<string, IDocumentParser> Parsers = new IDocumentParser[]
    {
        new PlainTextParser(),
        new MarkdownParser(),
        new HtmlDocumentParser(),
        new CsvParser(),
        new JsonlParser(),
        new PdfParser(),
        new DocxParser(),
        new PptxParser(),
        new XlsxParser(),
    }.ToDictionary(parser => parser.Kind, StringComparer.Ordinal);

    /// <summary>The kinds that are read.</summary>
    public static IReadOnlyCollection<string> Kinds => Parsers.Keys;

    /// <summary>Finds out what a file is, and reads it.</summary>
    /// <exception cref="DocumentException">It cannot be read; the code says why.</exception>
    public static ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(limits);
        if (source.Bytes.IsEmpty)
        {
            throw new DocumentException(DocumentErrors.EmptyFile, "the file has no bytes");
        }

        if (source.Bytes.Length > limits.MaxBytes)
        {
            throw new DocumentException(
                DocumentErrors.LimitExceeded, $"the file has {source.Bytes.Length} bytes; at most {limits.MaxBytes} are read");
        }

        string? kind = ContentDetector.Detect(source);
        if (kind is null || !Parsers.TryGetValue(kind, out IDocumentParser? parser))
        {
            throw new DocumentException(
                DocumentErrors.UnsupportedType,
                $"the content is {kind ?? ContentDetector.Describe(source.Bytes.Span)}; read are {string.Join(", ", Parsers.Keys)}");
        }

        ParsedDocument document = parser.Parse(source, limits, cancellationToken);
        return string.IsNullOrWhiteSpace(document.Text)
            ? throw new DocumentException(DocumentErrors.EmptyText, $"the {kind} document holds no text")
            : document;
    }
}
