namespace LlmPlatform.Contracts.Messages;

/// <summary>A document's revision can be found by searches now.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="CollectionId">The collection it is in.</param>
/// <param name="DocumentId">The document.</param>
/// <param name="Revision">The revision.</param>
public sealed record DocumentIndexed(string Tenant, string CollectionId, string DocumentId, long Revision);
