namespace LlmPlatform.RetrievalService.Rows;

/// <summary>A request to ingest that was done: a retry with the same id gives the same document. Goes with the document.</summary>
internal sealed class IngestRequestRow
{
    public required string Tenant { get; set; }

    public required string RequestId { get; set; }

    public required string DocumentId { get; set; }
}
