namespace LlmPlatform.Hub.Pull;

/// <summary>A file of a repository, as the server lists it.</summary>
/// <param name="Path">Relative to the repository.</param>
/// <param name="Length">Bytes; null where the server does not say.</param>
/// <param name="Sha256">SHA-256 of the content, for files in large-file storage.</param>
/// <param name="BlobId">Git's name of the blob (SHA-1 over a header and the content), for the other ones.</param>
internal sealed record HubFile(string Path, long? Length, string? Sha256, string? BlobId);
