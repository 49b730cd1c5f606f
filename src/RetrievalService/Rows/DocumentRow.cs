using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.ServiceDefaults.Leases;

namespace LlmPlatform.RetrievalService.Rows;

/// <summary>A document: what was asked for, how far it is, and what searches return. The lease is of its ingestion.</summary>
internal sealed class DocumentRow : ILeasedRow
{
    public long Sequence { get; set; }

    /// <summary><c>doc-</c> and random letters.</summary>
    public required string Id { get; set; }

    public required string Tenant { get; set; }

    public required string CollectionId { get; set; }

    public required string FileId { get; set; }

    public required string Filename { get; set; }

    public required string Sha256 { get; set; }

    public long Size { get; set; }

    public string BatchId { get; set; } = "";

    /// <summary>Null: the collection's.</summary>
    public int? MaxChunkTokens { get; set; }

    public int? ChunkOverlapTokens { get; set; }

    /// <summary>See <see cref="Documents.AttributeJson"/>.</summary>
    public string Attributes { get; set; } = "{}";

    /// <summary>A JSON array of strings.</summary>
    public string AllowedGroups { get; set; } = "[]";

    /// <summary>Grows with every change of attributes or groups: who copies them into the index sees whether they still hold.</summary>
    public long AccessVersion { get; set; } = 1;

    public DateTime CreatedAt { get; set; }

    public DocumentStatus Status { get; set; } = DocumentStatus.Queued;

    /// <summary>Grows with every ingestion asked for.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>When the present revision was asked for: first come, first served.</summary>
    public DateTime QueuedAt { get; set; }

    /// <summary>Not tried again before.</summary>
    public DateTime? NotBefore { get; set; }

    /// <summary>Claims of the present revision so far.</summary>
    public int Attempts { get; set; }

    /// <summary>How often the process ended while it worked on the present revision.</summary>
    public int Interruptions { get; set; }

    public string Stage { get; set; } = "";

    public long ChunksDone { get; set; }

    public long ChunksTotal { get; set; }

    public string ErrorCode { get; set; } = "";

    public string ErrorMessage { get; set; } = "";

    /// <summary>The trace that asked for the present revision.</summary>
    public string? Traceparent { get; set; }

    /// <summary>The revision that searches return; 0: none yet.</summary>
    public long IndexedRevision { get; set; }

    public DateTime? IndexedAt { get; set; }

    /// <summary>What the indexed revision was made of: see <see cref="Ingest.Fingerprint"/>.</summary>
    public string? IndexedFingerprint { get; set; }

    public string Title { get; set; } = "";

    public string MediaType { get; set; } = "";

    public long Chunks { get; set; }

    public long ChunksEmbedded { get; set; }

    public long TextLength { get; set; }

    /// <summary>A JSON array of strings.</summary>
    public string Warnings { get; set; } = "[]";

    public string? LeaseOwner { get; set; }

    public long LeaseEpoch { get; set; }

    public DateTime? LeasedUntil { get; set; }
}
