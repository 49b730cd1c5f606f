using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Rows;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>What an ingestion made.</summary>
internal sealed record IngestResult
{
    /// <summary>The revision that its points have; null: those that are there stay as they are.</summary>
    public long? Revision { get; init; }

    public required string Fingerprint { get; init; }

    public string Title { get; init; } = "";

    public string MediaType { get; init; } = "";

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The text that was read; null: the one that is there stays.</summary>
    public string? Text { get; init; }

    public long Chunks { get; init; }

    public long ChunksEmbedded { get; init; }

    public void ApplyTo(DocumentRow row, DateTime now)
    {
        row.Status = DocumentStatus.Completed;
        row.Stage = "";
        row.ErrorCode = "";
        row.ErrorMessage = "";
        row.NotBefore = null;
        row.IndexedFingerprint = Fingerprint;
        row.ChunksEmbedded = ChunksEmbedded;
        if (Revision is not { } revision)
        {
            return;
        }

        row.IndexedRevision = revision;
        row.IndexedAt = now;
        row.Title = Title;
        row.MediaType = MediaType;
        row.Warnings = Json.Write(Warnings);
        row.TextLength = Text?.Length ?? 0;
        row.Chunks = Chunks;
        row.ChunksDone = Chunks;
        row.ChunksTotal = Chunks;
    }
}
