using System.Collections.Immutable;

namespace LlmPlatform.Hub.Versions;

/// <summary>A version of a model: its name is what its files are.</summary>
/// <param name="Hash">See <see cref="ContentHash"/>; lower-case hex.</param>
/// <param name="Files">All files, sorted by path.</param>
public sealed record ModelVersion(string Hash, ImmutableArray<ModelFile> Files)
{
    /// <summary>Bytes of all files.</summary>
    public long Length => Files.Sum(file => file.Length);
}
