using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.RetrievalService.Rows;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>What the chunks of a document depend on: while it stays the same, there is nothing to read or to cut again.</summary>
internal static class Fingerprint
{
    // Grows when documents are read or cut differently, so that they are ingested anew.
    private const int RuleVersion = 1;

    public static string Of(DocumentRow document, ChunkingOptions chunking) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{RuleVersion}\n{document.Sha256}\n{document.Filename}\n{chunking.MaxTokens}\n{chunking.OverlapTokens}"))));

    /// <summary>How a document is cut: as it was asked for, else as its collection says.</summary>
    public static ChunkingOptions ChunkingOf(DocumentRow document, CollectionRow collection)
    {
        int tokens = document.MaxChunkTokens ?? collection.MaxChunkTokens;
        return new ChunkingOptions(tokens, Math.Min(document.ChunkOverlapTokens ?? collection.ChunkOverlapTokens, tokens / 2));
    }
}
