using Google.Protobuf.WellKnownTypes;
using LlmPlatform.RetrievalService.Rows;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Documents;

/// <summary>Documents as callers see them.</summary>
internal static class DocumentDescriptions
{
    public static Wire.Document Describe(this DocumentRow row)
    {
        Wire.Document document = new()
        {
            Id = row.Id,
            CollectionId = row.CollectionId,
            FileId = row.FileId,
            Filename = row.Filename,
            Title = row.Title,
            MediaType = row.MediaType,
            Size = row.Size,
            Status = row.Status,
            LastError = row.ErrorCode.Length == 0 ? null : new Wire.DocumentError { Code = row.ErrorCode, Message = row.ErrorMessage },
            Progress = new Wire.IngestProgress { Stage = row.Stage, ChunksDone = row.ChunksDone, ChunksTotal = row.ChunksTotal },
            AllowedGroups = { Json.ReadList(row.AllowedGroups) },
            Revision = row.Revision,
            IndexedRevision = row.IndexedRevision,
            Chunks = row.Chunks,
            TextLength = row.TextLength,
            CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
            IndexedAt = row.IndexedAt is { } at ? Timestamp.FromDateTime(at) : null,
            Warnings = { Json.ReadList(row.Warnings) },
            ChunksEmbedded = row.ChunksEmbedded,
            BatchId = row.BatchId,
            Chunking = ChunkingOf(row),
        };
        foreach ((string name, var value) in AttributeJson.Read(row.Attributes))
        {
            document.Attributes[name] = value.ToWire();
        }

        return document;
    }

    private static Wire.ChunkingOptions? ChunkingOf(DocumentRow row)
    {
        if (row.MaxChunkTokens is null && row.ChunkOverlapTokens is null)
        {
            return null;
        }

        Wire.ChunkingOptions chunking = new();
        if (row.MaxChunkTokens is { } tokens)
        {
            chunking.MaxChunkSizeTokens = tokens;
        }

        if (row.ChunkOverlapTokens is { } overlap)
        {
            chunking.ChunkOverlapTokens = overlap;
        }

        return chunking;
    }
}
