namespace LlmPlatform.RetrievalService.Rows;

/// <summary>A part of the text of a document's indexed revision; parts put together are the text.</summary>
internal sealed class DocumentTextRow
{
    public required string DocumentId { get; set; }

    public long Revision { get; set; }

    /// <summary>From 0.</summary>
    public int Part { get; set; }

    public required string Text { get; set; }
}
