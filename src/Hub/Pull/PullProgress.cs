namespace LlmPlatform.Hub.Pull;

/// <summary>How far a pull is.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="FileBytes">Bytes of it that are here.</param>
/// <param name="FileLength">Bytes it has; null where the server does not say.</param>
/// <param name="Bytes">Bytes of all files that are here.</param>
/// <param name="Length">Bytes of all files whose size is known.</param>
/// <param name="Note">Something worth telling, such as a lost connection; null most of the time.</param>
public sealed record PullProgress(string File, long FileBytes, long? FileLength, long Bytes, long Length, string? Note = null);
