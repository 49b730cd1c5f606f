using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>HTML pages, as a reader sees them. Nothing is run and nothing is loaded.</summary>
internal sealed class HtmlDocumentParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Html;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        DecodedText decoded = TextDecoder.Decode(source.Bytes.Span, limits, HtmlCharset.Declared(source.Bytes.Span));
        string page = HtmlGuard.Flatten(decoded.Text, limits, cancellationToken);
        using IHtmlDocument document = new HtmlParser().ParseDocument(page);
        DocumentTextBuilder builder = new(limits);
        HtmlWalk.Add(document, builder, limits, cancellationToken);
        return new ParsedDocument
        {
            Kind = Kind,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = Clean(document.Title),
            Author = Clean(document.QuerySelector("head > meta[name=author i]")?.GetAttribute("content")),
            Charset = decoded.Charset,
            Warnings = ReferenceEquals(page, decoded.Text)
                ? decoded.Warnings
                : [.. decoded.Warnings, "deep_nesting: elements that nest too deep were read without their structure"],
        };
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
