namespace LlmPlatform.Hub.SentenceTransformers;

/// <summary>A line of modules.json.</summary>
/// <param name="Type">The last part of its class name, the same in all versions of the library: Transformer, Pooling, Normalize, Dense ...</param>
/// <param name="Path">Its folder below the model's; empty for the model's own.</param>
public sealed record SentenceModule(string Type, string Path);
