namespace LlmPlatform.Retrieval.Documents;

/// <summary>Reads documents of any kind, somewhere safe.</summary>
public interface IDocumentReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="tenant">Whose it is: no process reads documents of two tenants.</param>
    /// <param name="source">The file.</param>
    /// <param name="cancellationToken">Ends the work at once.</param>
    /// <exception cref="DocumentException">It cannot be read; the code says why.</exception>
    Task<ParsedDocument> ReadAsync(string tenant, DocumentSource source, CancellationToken cancellationToken);
}
