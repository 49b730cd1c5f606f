using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.Logging;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>
/// The loaded models of a service, by content hash. Each call asks the registry as its caller, so nobody reaches another
/// tenant's model because it happens to be loaded. A version is loaded once, however many calls wait for it; when memory
/// runs short, the least recently used ones that nobody uses go.
/// </summary>
public sealed class ModelPool<T>(
    ModelsClient registry, IModelLoader<T> loader, ICallerTokens tokens, ModelPoolOptions options, TimeProvider clock, ILogger<ModelPool<T>> logger) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    private static readonly ActivitySource Source = new("LlmPlatform.ModelPool");
    private static readonly TimeSpan RetryWhenMemoryIsShort = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PoolEntry<T>> _entries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private bool _disposed;

    /// <summary>A model to work with; it is loaded first where it is not.</summary>
    /// <param name="model"><c>name</c>, <c>name@version</c> or <c>name@alias</c>.</param>
    /// <param name="cancellationToken">Ends the wait, not a load that others wait for.</param>
    /// <exception cref="RpcException">
    /// What the registry answers (NOT_FOUND, ...); FAILED_PRECONDITION for a model of another kind, one whose files are
    /// damaged, one too large for this service; RESOURCE_EXHAUSTED when all memory for models is in use.
    /// </exception>
    public async Task<ModelLease<T>> RentAsync(string model, CancellationToken cancellationToken)
    {
        ModelVersion version = await registry.GetAsync(new GetModelRequest { Model = model }, cancellationToken: cancellationToken);
        loader.Check(version);
        PoolEntry<T> entry = Enter(version);
        try
        {
            T loaded = await entry.Loading.WaitAsync(cancellationToken);
            return new ModelLease<T>(version, loaded, () => Leave(entry));
        }
        catch
        {
            Leave(entry);
            throw;
        }
    }

    /// <summary>What is loaded, of the models that a caller of <paramref name="tenant"/> may read.</summary>
    public IReadOnlyList<(ModelVersion Version, T Model)> Loaded(string tenant)
    {
        lock (_gate)
        {
            return
            [
                .. from entry in _entries.Values
                   where entry.Loaded is not null
                   from name in entry.Names
                   where name.Tenant == tenant || name.Tenant == Tenants.Platform
                   orderby name.Name
                   select (name, entry.Loaded),
            ];
        }
    }

    /// <summary>Ends loads that still run and frees what is loaded.</summary>
    public async ValueTask DisposeAsync()
    {
        PoolEntry<T>[] entries;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            entries = [.. _entries.Values];
            _entries.Clear();
        }

        await _stopping.CancelAsync();
        await FreeAsync(entries);
        _stopping.Dispose();
    }

    private PoolEntry<T> Enter(ModelVersion version)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            string key = Key(version);
            if (!_entries.TryGetValue(key, out PoolEntry<T>? entry))
            {
                long needed = loader.EstimateBytes(version);
                List<PoolEntry<T>> evicted = MakeRoom(version.Name, needed);
                entry = new PoolEntry<T>(key, needed);
                entry.Loading = Detach(version, entry, evicted);
                _entries.Add(entry.Version, entry);
            }

            entry.Leases++;
            entry.Remember(version);
            return entry;
        }
    }

    private void Leave(PoolEntry<T> entry)
    {
        lock (_gate)
        {
            entry.Leases--;
            entry.LastUsed = clock.GetTimestamp();
        }
    }

    // The files of an adapter do not say what it is over: two tenants may have put the same one over different models.
    private static string Key(ModelVersion version) => version.PeftType.Length == 0 ? version.Version : $"{version.Version} over {version.Lineage.Base}";

    /// <summary>Takes idle entries out until <paramref name="needed"/> bytes are free. Under the lock.</summary>
    private List<PoolEntry<T>> MakeRoom(string name, long needed)
    {
        if (needed > options.MaxBytes)
        {
            throw RpcErrors.FailedPrecondition(
                "MEMORY", $"model/{name}", $"model {SafeValue.Cut(name)} needs about {needed} bytes of memory, and this service may use {options.MaxBytes}");
        }

        List<PoolEntry<T>> evicted = [];
        long free = options.MaxBytes - _entries.Values.Sum(entry => entry.Bytes);
        foreach (PoolEntry<T> idle in _entries.Values.Where(entry => entry.IsIdle).OrderBy(entry => entry.LastUsed))
        {
            if (free >= needed)
            {
                break;
            }

            free += idle.Bytes;
            evicted.Add(idle);
        }

        if (free < needed)
        {
            throw RpcErrors.ResourceExhausted(
                $"model {SafeValue.Cut(name)} needs about {needed} bytes of memory, and other models are in use", RetryWhenMemoryIsShort);
        }

        evicted.ForEach(entry => _entries.Remove(entry.Version));
        return evicted;
    }

    // The load belongs to all who wait for it. It takes the first caller's identity and trace along, but neither the
    // cancellation nor the deadline of its call.
    private Task<T> Detach(ModelVersion version, PoolEntry<T> entry, List<PoolEntry<T>> evicted)
    {
        CallerIdentity? caller = tokens.Caller;
        ActivityContext parent = Activity.Current?.Context ?? default;
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(async () =>
            {
                using IDisposable? scope = caller is null ? null : tokens.ActAs(caller);
                using Activity? activity = Source.StartActivity("load model", ActivityKind.Internal, parent);
                activity?.SetTag("llmplatform.model.name", version.Name).SetTag("llmplatform.model.version", version.Version);
                try
                {
                    await FreeAsync(evicted);
                    return await LoadAsync(version, entry);
                }
                catch (Exception exception)
                {
                    activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
                    lock (_gate)
                    {
                        _entries.Remove(entry.Version);
                    }

                    throw;
                }
            });
        }
    }

    private async Task<T> LoadAsync(ModelVersion version, PoolEntry<T> entry)
    {
        long start = clock.GetTimestamp();
        T loaded;
        try
        {
            loaded = await loader.LoadAsync(version, _stopping.Token);
        }
        catch (InvalidModelFileException invalid)
        {
            throw RpcErrors.FailedPrecondition("MODEL_FILE", $"model/{version.Name}", $"model {SafeValue.Cut(version.Name)} cannot be loaded: {invalid.Message}");
        }

        // Reading the files has left garbage many times the size of what a call leaves; give it back to the system now.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long bytes = loader.MeasureBytes(loaded);
        lock (_gate)
        {
            entry.Bytes = bytes;
        }

        logger.LogInformation(
            "Model {Name}@{Version} loaded in {Seconds:F1} s; it may hold {Bytes} bytes", version.Name, version.Version, clock.GetElapsedTime(start).TotalSeconds, bytes);
        return loaded;
    }

    private async Task FreeAsync(IEnumerable<PoolEntry<T>> entries)
    {
        foreach (PoolEntry<T> entry in entries)
        {
            // A load that failed has told those who waited for it, and left nothing to free.
            await entry.Loading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (entry.Loaded is { } loaded)
            {
                await loaded.DisposeAsync();
                logger.LogInformation("Model version {Version} unloaded", entry.Version);
            }
        }
    }
}
