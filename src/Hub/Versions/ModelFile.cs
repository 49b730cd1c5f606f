namespace LlmPlatform.Hub.Versions;

/// <summary>A file of a model's version.</summary>
/// <param name="Path">Below the folder, parts joined by <c>/</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower-case hex.</param>
public sealed record ModelFile(string Path, long Length, string Sha256);
