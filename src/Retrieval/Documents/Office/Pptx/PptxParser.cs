using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Pptx;

/// <summary>
/// Reads presentations (ECMA-376): slides in the order in which they are shown, hidden ones too, each with its number as
/// page, its title as heading, its text, tables, charts and diagrams, and its notes.
/// </summary>
public sealed class PptxParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Pptx;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken) =>
        OfficeGuard.Run(source, limits, () => Read(source, limits, cancellationToken));

    private static ParsedDocument Read(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        using OfficePackage package = OfficePackage.Open(source.Bytes, OfficePartKind.Presentation, limits, cancellationToken);
        using PresentationDocument document = PresentationDocument.Open(package);
        PresentationPart presentation = document.PresentationPart
            ?? throw new DocumentException(DocumentErrors.Corrupt, "the package holds no presentation");
        DocumentTextBuilder builder = new(limits);
        List<string> warnings = [];
        string? firstTitle = null;
        HashSet<OpenXmlPart> seen = [];
        int number = 0;
        foreach (string id in SlideIds(presentation))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++number > limits.MaxParts)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {limits.MaxParts} slides");
            }

            builder.Page = number;
            builder.ClearHeadings();
            if (presentation.TryGetPartById(id, out OpenXmlPart? part) && part is SlidePart slide && seen.Add(slide))
            {
                SlideText text = new(slide, builder, cancellationToken);
                text.Read();
                firstTitle ??= text.Title;
            }
            else
            {
                warnings.Add($"slide {number} is not in the file, or is one of the slides before");
            }
        }

        return new ParsedDocument
        {
            Kind = DocumentKinds.Pptx,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = package.Title ?? firstTitle,
            Author = package.Author,
            PageCount = number,
            Warnings = warnings,
        };
    }

    // The order of p:sldIdLst counts, not that of the parts' names.
    private static IEnumerable<string> SlideIds(PresentationPart presentation) =>
        presentation.RootElement.Child("p:sldIdLst")?.ChildElements
            .Where(child => OfficeXml.Name(child) == "p:sldId")
            .Select(child => child.GetAttributes().FirstOrDefault(attribute => attribute is { LocalName: "id", NamespaceUri.Length: > 0 }).Value)
            .OfType<string>() ?? [];
}
