namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>Plain text: the whole of it, in paragraphs.</summary>
internal sealed class PlainTextParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Text;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        DecodedText decoded = TextDecoder.Decode(source.Bytes.Span, limits);
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<DocumentBlock> blocks = PlainTextBlocks.Split(decoded.Text);
        if (blocks.Count > limits.MaxParts)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {limits.MaxParts} paragraphs");
        }

        return new ParsedDocument
        {
            Kind = Kind,
            Text = decoded.Text,
            Blocks = blocks,
            Charset = decoded.Charset,
            Warnings = decoded.Warnings,
        };
    }
}
