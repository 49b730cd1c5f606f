using LlmPlatform.Retrieval.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.RetrievalService.Seeding;

/// <summary>The platform's own documentation, which comes with the program: its file ids are <c>docs/</c> and a path in that folder.</summary>
internal sealed class PlatformDocs(RetrievalOptions options)
{
    private const string Prefix = "docs/";

    private static readonly string[] Patterns = ["*.md", "*.txt", "*.html"];

    /// <summary>Whether a file id is of the documentation: no other tenant's can be.</summary>
    public static bool IsOne(string tenant, string fileId) => tenant == Tenants.Platform && fileId.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The file ids that there are, in order.</summary>
    public IReadOnlyList<string> List() => !Directory.Exists(options.Docs)
        ? []
        : [.. Patterns
            .SelectMany(pattern => Directory.EnumerateFiles(options.Docs, pattern, SearchOption.AllDirectories))
            .Select(path => Prefix + Path.GetRelativePath(options.Docs, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>The bytes of one.</summary>
    /// <exception cref="DocumentException">It is not there.</exception>
    public async Task<byte[]> ReadAsync(string fileId, CancellationToken cancellationToken) => List().Contains(fileId)
        ? await File.ReadAllBytesAsync(Path.Combine(options.Docs, fileId[Prefix.Length..]), cancellationToken)
        : throw new DocumentException(IngestErrors.FileNotFound, "the documentation does not have this file any more");
}
