namespace LlmPlatform.RetrievalService.Documents;

/// <summary>What is asked to be ingested.</summary>
internal sealed record NewDocument
{
    public required string Tenant { get; init; }

    public required string CollectionId { get; init; }

    public required string FileId { get; init; }

    public required string Filename { get; init; }

    public required string Sha256 { get; init; }

    public long Size { get; init; }

    /// <summary>The document whose content it replaces; null: a new one.</summary>
    public string? DocumentId { get; init; }

    /// <summary>See <see cref="AttributeJson"/>.</summary>
    public string Attributes { get; init; } = "{}";

    /// <summary>A JSON array of strings.</summary>
    public string AllowedGroups { get; init; } = DocumentAccess.Everybody;

    public string? RequestId { get; init; }

    public string BatchId { get; init; } = "";

    public int? MaxChunkTokens { get; init; }

    public int? ChunkOverlapTokens { get; init; }
}
