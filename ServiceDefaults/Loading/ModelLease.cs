using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>A loaded model in use: it stays loaded until every lease is disposed.</summary>
public sealed class ModelLease<T> : IDisposable
    where T : class, IAsyncDisposable
{
    private Action? _release;

    internal ModelLease(ModelVersion version, T model, Action release) => (Version, Model, _release) = (version, model, release);

    /// <summary>What the registry says about it, for this caller.</summary>
    public ModelVersion Version { get; }

    /// <summary>What was loaded.</summary>
    public T Model { get; }

    /// <summary>Gives the lease back; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
