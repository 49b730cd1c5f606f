using System.Collections.Concurrent;

namespace LlmPlatform.ModelService.Tests.Crash;

/// <summary>What a tenant was told about its files: those that must be there and those that must not; of all others nothing is known.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, bool> _there = new();
    private readonly ConcurrentDictionary<string, bool> _gone = new();

    public ICollection<string> There => _there.Keys;

    public ICollection<string> Gone => _gone.Keys;

    /// <summary>The service said that the file is there.</summary>
    public void WasUploaded(string id) => _there[id] = true;

    /// <summary>Takes one of the files to delete it: until the service says so, it may or may not be there.</summary>
    public string? Take(Random random)
    {
        string[] ids = [.. _there.Keys];
        string? id = ids.Length > 0 ? ids[random.Next(ids.Length)] : null;
        return id is not null && _there.TryRemove(id, out _) ? id : null;
    }

    /// <summary>The service said that the file is gone.</summary>
    public void WasDeleted(string id) => _gone[id] = true;
}
