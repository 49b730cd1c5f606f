using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>One version in a <see cref="ModelPool{T}"/>. All members but <see cref="Loading"/> are guarded by the pool's lock.</summary>
internal sealed class PoolEntry<T>(string version, long bytes)
    where T : class, IAsyncDisposable
{
    private readonly List<ModelVersion> _names = [];

    public string Version { get; } = version;

    /// <summary>Reserved while it loads, held afterwards.</summary>
    public long Bytes { get; set; } = bytes;

    /// <summary>Calls that use it or wait for it.</summary>
    public int Leases { get; set; }

    /// <summary>When a lease was last given back.</summary>
    public long LastUsed { get; set; }

    public Task<T> Loading { get; set; } = null!;

    public T? Loaded => Loading.IsCompletedSuccessfully ? Loading.Result : null;

    public bool IsIdle => Leases == 0 && Loading.IsCompleted;

    /// <summary>The names under which callers asked for it: equal files of two tenants are one version.</summary>
    public IReadOnlyList<ModelVersion> Names => _names;

    public void Remember(ModelVersion version)
    {
        if (!_names.Exists(known => known.Name == version.Name && known.Tenant == version.Tenant))
        {
            _names.Add(version);
        }
    }
}
