namespace LlmPlatform.Contracts.Messages;

/// <summary>A nudge: a document's row waits to be ingested. It may be lost or come twice; the row is the truth.</summary>
/// <param name="DocumentId">The document.</param>
public sealed record DocumentQueued(string DocumentId);
