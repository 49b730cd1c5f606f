namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Why an ingestion failed, beside what <see cref="Retrieval.Documents.DocumentErrors"/> says of the document.</summary>
internal static class IngestErrors
{
    /// <summary>The file was deleted before it was read.</summary>
    public const string FileNotFound = "file_not_found";

    /// <summary>Nothing is wrong with the document.</summary>
    public const string Internal = "internal";
}
