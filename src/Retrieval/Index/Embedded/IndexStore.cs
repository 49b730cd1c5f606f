using System.Collections.Concurrent;
using LlmPlatform.Retrieval.Index.Embedded.Collections;
using LlmPlatform.Retrieval.Index.Embedded.Database;
using LlmPlatform.Retrieval.Keywords;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded;

/// <summary>
/// The database and the collections that are open. Each collection has a gate that changes and loading go through one at
/// a time; searches only pass it when their collection is not open.
/// </summary>
internal sealed class IndexStore(string folder, ITextAnalyzer analyzer, EmbeddedIndexOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private IndexDatabase? _database;
    private FileStream? _lockFile;
    private volatile bool _disposed;

    /// <summary>Runs a query of its own on the database.</summary>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        using SqliteConnection connection = Database().OpenReader();
        return work(connection);
    }

    /// <summary>As <see cref="Read{T}(Func{SqliteConnection, T})"/>, of a collection; null when it is not there.</summary>
    public T? Read<T>(string collection, Func<SqliteConnection, CollectionRow, T> work)
        where T : class =>
        Read(connection => CollectionRows.Find(connection, collection) is { } row ? work(connection, row) : null);

    public CollectionRow? Find(string collection) => Read(connection => CollectionRows.Find(connection, collection));

    public async Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken)
    {
        int there = await Database().WriteAsync(
            (connection, _) =>
            {
                if (CollectionRows.Find(connection, collection) is { } row)
                {
                    return row.Dimensions;
                }

                CollectionRows.Insert(connection, collection, dimensions, analyzer.Name);
                return dimensions;
            },
            cancellationToken).ConfigureAwait(false);
        if (there != dimensions)
        {
            throw new ArgumentException($"dimensions: collection '{collection}' is there with vectors of {there} numbers, not {dimensions}", nameof(dimensions));
        }
    }

    public async Task DropAsync(string collection, CancellationToken cancellationToken)
    {
        if (Find(collection) is null)
        {
            return;
        }

        Slot slot = _slots.GetOrAdd(collection, _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(collection) is not { } row)
            {
                return;
            }

            slot.Close();
            await Database().WriteAsync(
                (connection, _) =>
                {
                    CollectionRows.Delete(connection, row.Number);
                    return 0;
                },
                cancellationToken).ConfigureAwait(false);
            DeleteFolder(row);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Changes rows in a transaction, and then the cache.</summary>
    /// <returns>False when there is no such collection.</returns>
    public async Task<bool> ChangeAsync(
        string collection, Func<SqliteConnection, CollectionRow, Changes> change, Action<CollectionCache, Changes> apply, CancellationToken cancellationToken)
    {
        if (Find(collection) is null)
        {
            return false;
        }

        Slot slot = _slots.GetOrAdd(collection, _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await OpenAsync(slot, collection, cancellationToken).ConfigureAwait(false) is not { } cache)
            {
                return false;
            }

            Changes changes = await Database().WriteAsync((connection, _) => change(connection, cache.Collection), cancellationToken).ConfigureAwait(false);
            try
            {
                // From here on it has happened, whoever still waits for it.
                await Task.Run(
                    () =>
                    {
                        apply(cache, changes);
                        cache.Maintain();
                    },
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                // The rows are right; the cache is made of them anew.
                slot.Close();
                throw;
            }

            return true;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Searches a collection's cache; null when there is no such collection.</summary>
    public async Task<T?> SearchAsync<T>(string collection, Func<CollectionCache, T?> search, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_slots.TryGetValue(collection, out Slot? slot) && slot.Cache is { } cache)
            {
                slot.LastUsed = Environment.TickCount64;
                if (await Task.Run(() => search(cache), cancellationToken).ConfigureAwait(false) is { } found)
                {
                    return found;
                }

                // It was closed meanwhile.
                continue;
            }

            if (Find(collection) is null)
            {
                return null;
            }

            slot = _slots.GetOrAdd(collection, _ => new Slot());
            await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await OpenAsync(slot, collection, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                slot.Gate.Release();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (Slot slot in _slots.Values)
        {
            await slot.Gate.WaitAsync().ConfigureAwait(false);
            slot.Cache?.WriteLargeTail();
            slot.Close();
            slot.Gate.Release();
        }

        lock (_opening)
        {
            _database?.Dispose();
            _lockFile?.Dispose();
        }
    }

    private IndexDatabase Database()
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_database is null)
            {
                Directory.CreateDirectory(folder);
                // Two processes would not see each other's changes in their caches.
                _lockFile ??= new FileStream(Path.Combine(folder, "index.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                _database = IndexDatabase.Open(Path.Combine(folder, "index.db"));
            }

            return _database;
        }
    }

    // Within the slot's gate.
    private async Task<CollectionCache?> OpenAsync(Slot slot, string collection, CancellationToken cancellationToken)
    {
        if (slot.Cache is { } open)
        {
            slot.LastUsed = Environment.TickCount64;
            return open;
        }

        if (Find(collection) is not { } row)
        {
            return null;
        }

        if (row.Analyzer != analyzer.Name)
        {
            await Database().WriteAsync(
                (connection, _) =>
                {
                    PointWriter.Analyze(connection, row, analyzer);
                    return 0;
                },
                cancellationToken).ConfigureAwait(false);
            DeleteFolder(row);
            row = Find(collection)!;
        }

        await CloseUnusedAsync().ConfigureAwait(false);
        CollectionCache cache = await Task.Run(() => Read(connection => CollectionCache.Load(connection, row, FolderOf(row), options, cancellationToken)), cancellationToken).ConfigureAwait(false);
        slot.LastUsed = Environment.TickCount64;
        return slot.Cache = cache;
    }

    // Room for one more: those not used for longest are closed, unless they are being changed.
    private async Task CloseUnusedAsync()
    {
        List<Slot> open = [.. _slots.Values.Where(slot => slot.Cache is not null).OrderBy(slot => slot.LastUsed)];
        foreach (Slot slot in open.Take(open.Count + 1 - options.OpenCollections))
        {
            if (!await slot.Gate.WaitAsync(0).ConfigureAwait(false))
            {
                continue;
            }

            try
            {
                slot.Cache?.WriteLargeTail();
                slot.Close();
            }
            finally
            {
                slot.Gate.Release();
            }
        }
    }

    private string FolderOf(CollectionRow row) => Path.Combine(folder, "cache", $"{row.Number}");

    private void DeleteFolder(CollectionRow row)
    {
        if (Directory.Exists(FolderOf(row)))
        {
            Directory.Delete(FolderOf(row), recursive: true);
        }
    }

    private sealed class Slot
    {
        private CollectionCache? _cache;
        private long _lastUsed;

        public SemaphoreSlim Gate { get; } = new(1);

        public CollectionCache? Cache
        {
            get => Volatile.Read(ref _cache);
            set => Volatile.Write(ref _cache, value);
        }

        public long LastUsed
        {
            get => Volatile.Read(ref _lastUsed);
            set => Volatile.Write(ref _lastUsed, value);
        }

        public void Close()
        {
            CollectionCache? cache = Cache;
            Cache = null;
            cache?.Dispose();
        }
    }
}
