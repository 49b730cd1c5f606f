using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>
/// Reads Word documents (ECMA-376, transitional and strict, with or without macros, which are never run): body, tables,
/// text boxes, notes, content controls. Headers and footers of pages, comments and hidden text are left out.
/// </summary>
public sealed class DocxParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Docx;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken) =>
        OfficeGuard.Run(source, limits, () => Read(source, limits, cancellationToken));

    private static ParsedDocument Read(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        using OfficePackage package = OfficePackage.Open(source.Bytes, OfficePartKind.Document, limits, cancellationToken);
        using WordprocessingDocument document = WordprocessingDocument.Open(package);
        MainDocumentPart main = document.MainDocumentPart
            ?? throw new DocumentException(DocumentErrors.Corrupt, "the package holds no Word document");
        WordStyles styles = new(main.StyleDefinitionsPart, cancellationToken);
        WordNumbering numbering = new(main.NumberingDefinitionsPart, cancellationToken);
        DocumentTextBuilder builder = new(limits);
        WordStory body = new(main, styles, numbering, builder, cancellationToken);
        body.Read();
        return new ParsedDocument
        {
            Kind = DocumentKinds.Docx,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = package.Title ?? body.Title,
            Author = package.Author,
        };
    }
}
