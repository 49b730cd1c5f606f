using LlmPlatform.Retrieval.Documents.Html;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>Markdown, as text without markup. The title is that of the front matter, else the first heading.</summary>
internal sealed class MarkdownParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Markdown;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        DecodedText decoded = TextDecoder.Decode(source.Bytes.Span, limits);
        MarkdownReader reader = MarkdownReader.Read(decoded.Text, cancellationToken);
        DocumentTextBuilder builder = new(limits);
        foreach (MarkdownItem item in reader.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(builder, item, limits, cancellationToken);
        }

        return new ParsedDocument
        {
            Kind = Kind,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = reader.FrontMatter.Title ?? reader.Items.FirstOrDefault(item => item.Kind == BlockKind.Heading)?.Text.Trim(),
            Author = reader.FrontMatter.Author,
            Charset = decoded.Charset,
            Warnings = decoded.Warnings,
        };
    }

    private static void Add(DocumentTextBuilder builder, MarkdownItem item, DocumentLimits limits, CancellationToken cancellationToken)
    {
        if (item.IsHtml)
        {
            HtmlFragment.Add(item.Text, builder, limits, cancellationToken);
        }
        else if (item.Kind == BlockKind.Heading)
        {
            builder.AddHeading(item.Level, item.Text);
        }
        else if (item.Kind == BlockKind.Table)
        {
            builder.AddTable(item.Rows.Select(row =>
                ((IReadOnlyList<(string Text, string? Reference)>)[.. row.Cells.Select(cell => (cell.Text, (string?)null))], row.IsHeader)));
        }
        else
        {
            builder.Add(item.Kind, item.Text, item.Depth, item.Ordered);
        }
    }
}
