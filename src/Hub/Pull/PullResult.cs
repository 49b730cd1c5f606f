using System.Collections.Immutable;

namespace LlmPlatform.Hub.Pull;

/// <summary>What a pull brought.</summary>
/// <param name="RepoId">The repository.</param>
/// <param name="Commit">The commit that the revision named.</param>
/// <param name="Folder">Where the files lie.</param>
/// <param name="Files">The files, relative to it.</param>
/// <param name="BytesFetched">Bytes that came over the network; less than the files have where some were here already.</param>
public sealed record PullResult(string RepoId, string Commit, string Folder, ImmutableArray<string> Files, long BytesFetched);
