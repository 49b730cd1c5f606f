namespace LlmPlatform.Retrieval.Documents;

/// <summary>
/// Reads one kind of document. It works on bytes at hand: it opens no file and no connection, and it holds the limits by
/// itself where it can (the process around it has limits of time and memory of its own).
/// </summary>
public interface IDocumentParser
{
    /// <summary>The kind that it reads, one of <see cref="DocumentKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Reads a document.</summary>
    /// <exception cref="DocumentException">It cannot be read; the code says why.</exception>
    ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken);
}
