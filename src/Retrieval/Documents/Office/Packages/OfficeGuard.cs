namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>Makes errors about a document out of what the libraries throw at damaged ones.</summary>
internal static class OfficeGuard
{
    /// <summary>Reads a document.</summary>
    /// <exception cref="DocumentException">It cannot be read; the code says why.</exception>
    public static ParsedDocument Run(DocumentSource source, DocumentLimits limits, Func<ParsedDocument> parse)
    {
        if (source.Bytes.IsEmpty)
        {
            throw new DocumentException(DocumentErrors.EmptyFile, "the file has no bytes");
        }

        if (source.Bytes.Length > limits.MaxBytes)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"the file has more than {limits.MaxBytes} bytes");
        }

        ParsedDocument result;
        try
        {
            OfficeContainers.RequireNotCompound(source.Bytes.Span);
            result = parse();
        }
        catch (Exception error) when (error is not (DocumentException or OperationCanceledException or OutOfMemoryException))
        {
            // The SDK has no one type for what bad bytes cause: format, argument, key and reference errors all occur.
            throw new DocumentException(DocumentErrors.Corrupt, "the document's parts do not fit together", error);
        }

        return result.Blocks.Count > 0
            ? result
            : throw new DocumentException(DocumentErrors.EmptyText, "the document holds no text");
    }
}
