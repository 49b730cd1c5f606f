namespace LlmPlatform.ModelService.Rows;

/// <summary>A file of a tenant.</summary>
internal sealed class FileRow
{
    public long Sequence { get; set; }

    /// <summary><c>file-</c> and random letters.</summary>
    public required string Id { get; set; }

    public required string Tenant { get; set; }

    public required string Filename { get; set; }

    public required string Purpose { get; set; }

    public long Size { get; set; }

    public required string Sha256 { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>Unique per tenant; null when the caller gave none.</summary>
    public string? RequestId { get; set; }

    /// <summary>
    /// Whether the blob is in its place. A row that is not ready is invisible, but keeps the sweep away from the blob:
    /// the row is there before the blob is looked for.
    /// </summary>
    public bool Ready { get; set; }
}
