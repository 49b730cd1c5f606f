namespace LlmPlatform.Retrieval.Documents;

/// <summary>A file as it was uploaded.</summary>
/// <param name="Filename">Its name: a hint only, the content decides.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Password">What opens it; null: none was given.</param>
public sealed record DocumentSource(string Filename, ReadOnlyMemory<byte> Bytes, string? Password = null);
