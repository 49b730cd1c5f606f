using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Versions;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Logging;
using ModelFile = LlmPlatform.Contracts.Models.V1.ModelFile;
using ModelVersion = LlmPlatform.Contracts.Models.V1.ModelVersion;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>Which versions are on disk, who uses them, and which one goes when there is no more room.</summary>
internal sealed class CacheStore
{
    private readonly string _root;
    private readonly long _maxBytes;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CacheEntry> _entries = new(StringComparer.Ordinal);
    private int _partials;

    /// <summary>Takes up what an earlier process left: whole versions stay, halves are deleted.</summary>
    public CacheStore(string root, long maxBytes, TimeProvider clock, ILogger logger)
    {
        (_root, _maxBytes, _clock, _logger) = (root, maxBytes, clock, logger);
        foreach (DirectoryInfo folder in new DirectoryInfo(root).EnumerateDirectories())
        {
            if (CacheFolder.IsVersion(folder.Name))
            {
                _entries[folder.Name] = new CacheEntry(folder.Name, folder.FullName, CacheFolder.Size(folder.FullName), folder.LastWriteTimeUtc);
            }
            else if (folder.Name.EndsWith(CacheFolder.PartialSuffix, StringComparison.Ordinal))
            {
                Delete(folder.FullName, logger);
            }
        }
    }

    /// <summary>Counts a user of the version in; the first one starts what makes it ready.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: no room; DATA_LOSS: what the registry says makes no sense.</exception>
    public CacheEntry Enter(ModelVersion version, Func<CacheEntry, Task> makeReady)
    {
        Check(version);
        List<string> evicted = [];
        try
        {
            lock (_gate)
            {
                CacheEntry? entry = _entries.GetValueOrDefault(version.Version);
                if (entry is { Ready: null } && !CacheFolder.IsComplete(entry.FolderPath, version))
                {
                    // Of an earlier process, and somebody deleted files in it.
                    evicted.Add(Forget(entry));
                    entry = null;
                }

                if (entry is null)
                {
                    entry = new CacheEntry(version.Version, Path.Combine(_root, version.Version), version.Files.Sum(file => file.Size), _clock.GetUtcNow());
                    MakeRoom(version, entry.Size, evicted);
                    _entries.Add(version.Version, entry);
                }

                entry.Users++;
                entry.LastUsed = _clock.GetUtcNow();
                if (entry.Ready is null or { IsFaulted: true } or { IsCanceled: true })
                {
                    entry.Ready = makeReady(entry);
                }

                return entry;
            }
        }
        finally
        {
            evicted.ForEach(folder => Delete(folder, _logger));
        }
    }

    /// <summary>Counts a user out. A version that did not become ready is forgotten with its last user.</summary>
    public void Leave(CacheEntry entry)
    {
        lock (_gate)
        {
            entry.LastUsed = _clock.GetUtcNow();
            if (--entry.Users > 0)
            {
                return;
            }

            if (entry.Ready is { IsCompletedSuccessfully: true })
            {
                RememberUse(entry);
                return;
            }

            _entries.Remove(entry.Version);
        }

        entry.Abandoned.Cancel();
    }

    /// <summary>A new folder to download into.</summary>
    public string CreatePartial(CacheEntry entry)
    {
        string partial = PartialPath(entry);
        Directory.CreateDirectory(partial);
        return partial;
    }

    /// <summary>Gives a whole folder its name.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public void Publish(string partial, CacheEntry entry)
    {
        lock (_gate)
        {
            if (_entries.GetValueOrDefault(entry.Version) != entry)
            {
                throw new OperationCanceledException($"version {entry.Version} was abandoned");
            }

            Directory.Move(partial, entry.FolderPath);
        }
    }

    /// <summary>Deletes a folder; one that resists is logged and goes at the next start.</summary>
    public static void Delete(string folder, ILogger logger)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "{Folder} cannot be deleted now", folder);
        }
    }

    private void MakeRoom(ModelVersion version, long needed, List<string> evicted)
    {
        long used = _entries.Values.Sum(entry => entry.Size);
        long held = _entries.Values.Where(entry => entry.Users > 0).Sum(entry => entry.Size);
        if (held + needed > _maxBytes)
        {
            throw RpcErrors.FailedPrecondition(
                "CACHE_FULL",
                $"model/{SafeValue.Cut(version.Name)}",
                $"model {SafeValue.Cut(version.Name)} needs {needed} bytes; {held} of {_maxBytes} are in use: raise {ModelCacheOptions.ConfigurationKey}:{nameof(ModelCacheOptions.MaxBytes)}");
        }

        foreach (CacheEntry oldest in _entries.Values.Where(entry => entry.Users == 0).OrderBy(entry => entry.LastUsed).ToList())
        {
            if (used + needed <= _maxBytes)
            {
                return;
            }

            evicted.Add(Forget(oldest));
            used -= oldest.Size;
            _logger.LogInformation("Version {Version} was evicted from the model cache", oldest.Version);
        }
    }

    // The folder loses its name at once, so that whoever wants the version again finds no half of it.
    private string Forget(CacheEntry entry)
    {
        string partial = PartialPath(entry);
        _entries.Remove(entry.Version);
        if (Directory.Exists(entry.FolderPath))
        {
            Directory.Move(entry.FolderPath, partial);
        }

        return partial;
    }

    // The next process goes by the folder's time.
    private void RememberUse(CacheEntry entry)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(entry.FolderPath, entry.LastUsed.UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning(exception, "{Folder} cannot be touched", entry.FolderPath);
        }
    }

    private string PartialPath(CacheEntry entry) =>
        Path.Combine(_root, $"{entry.Version}.{Interlocked.Increment(ref _partials)}{CacheFolder.PartialSuffix}");

    // A folder is shared by all who may read a version, so its name must be what the listed files hash to.
    private static void Check(ModelVersion version)
    {
        HashSet<string> paths = new(StringComparer.Ordinal);
        foreach (ModelFile file in version.Files)
        {
            _ = CacheFolder.PathOf("", file.Path);
            if (file.Size < 0 || !paths.Add(file.Path))
            {
                throw RpcErrors.DataLoss($"model {SafeValue.Cut(version.Name)} lists {SafeValue.Cut(file.Path)} twice or with a negative size");
            }
        }

        string hash = ContentHash.Of(version.Files.Select(file => new Hub.Versions.ModelFile(file.Path, file.Size, file.Sha256)));
        if (version.Version != hash)
        {
            throw RpcErrors.DataLoss($"model {SafeValue.Cut(version.Name)} has version {SafeValue.Cut(version.Version)}, but its files make {hash}");
        }
    }
}
