using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Cuts a document into chunks.</summary>
internal delegate ValueTask<IReadOnlyList<DocumentChunk>> ChunkDocument(
    ParsedDocument document, ChunkingOptions options, ITokenCounter counter, CancellationToken cancellationToken);
