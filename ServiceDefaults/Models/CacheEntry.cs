namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>One version in the cache. Its numbers are changed under the cache's lock only.</summary>
internal sealed class CacheEntry(string version, string folderPath, long size, DateTimeOffset lastUsed)
{
    public string Version => version;

    public string FolderPath => folderPath;

    /// <summary>Bytes on disk, counted from the moment a download begins.</summary>
    public long Size => size;

    public DateTimeOffset LastUsed { get; set; } = lastUsed;

    /// <summary>Leases, and callers that wait for one. An entry that has any is not evicted.</summary>
    public int Users { get; set; }

    /// <summary>Ends when the files are there; null for files of an earlier process that were not checked yet.</summary>
    public Task? Ready { get; set; }

    /// <summary>Ends a download that nobody waits for any more.</summary>
    public CancellationTokenSource Abandoned { get; } = new();
}
