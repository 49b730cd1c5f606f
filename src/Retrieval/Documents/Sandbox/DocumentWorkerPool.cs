using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>
/// Reads documents in child processes with limits of time and memory. A process reads documents of one tenant, at most
/// <see cref="DocumentWorkerOptions.DocumentsPerWorker"/>, and never another one after a failure of any kind: a document
/// that its parser refused may have left something behind, and a process costs less than the doubt.
/// </summary>
public sealed class DocumentWorkerPool : IDocumentReader, IAsyncDisposable
{
    private readonly DocumentWorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _idleTimer;
    private readonly Lock _lock = new();

    // All under the lock. The spare is a process that nobody uses yet, ready or still starting.
    private readonly List<DocumentWorkerProcess> _idle = [];
    private readonly HashSet<Task> _endings = [];
    private Task<DocumentWorkerProcess>? _spare;
    private int _waiting;
    private int _busy;

    /// <summary>Starts no process yet.</summary>
    /// <param name="options">Limits and sizes; null: the usual ones.</param>
    /// <param name="time">For limits of time; null: the system's.</param>
    /// <param name="logger">Takes what children say before they fail; never a document's text.</param>
    public DocumentWorkerPool(
        DocumentWorkerOptions? options = null, TimeProvider? time = null, ILogger<DocumentWorkerPool>? logger = null)
    {
        _options = options ?? new DocumentWorkerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Workers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.DocumentsPerWorker, 1, nameof(options));
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<DocumentWorkerPool>.Instance;
        _places = new SemaphoreSlim(_options.Workers);
        _idleTimer = _time.CreateTimer(_ => EndIdle(), null, _options.IdleTime / 2, _options.IdleTime / 2);
    }

    /// <summary>Called with each process after it has read a document, well or not.</summary>
    internal Action<DocumentWorkerProcess>? AfterRead { get; set; }

    /// <inheritdoc/>
    /// <exception cref="DocumentReaderBusyException">Too many wait already.</exception>
    /// <exception cref="InvalidOperationException">No process could be started.</exception>
    public async Task<ParsedDocument> ReadAsync(string tenant, DocumentSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        RequireSize(source);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await TakePlaceAsync(either.Token).ConfigureAwait(false);
        try
        {
            DocumentWorkerProcess worker = await TakeAsync(tenant, either.Token).ConfigureAwait(false);
            try
            {
                return await worker.ReadAsync(source, either.Token).ConfigureAwait(false);
            }
            finally
            {
                AfterRead?.Invoke(worker);
                GiveBack(worker);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Ends all processes; readers that wait are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<DocumentWorkerProcess>? spare;
        lock (_lock)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _disposed.Cancel();
            spare = _spare;
            _spare = null;
            _idle.ForEach(End);
            _idle.Clear();
        }

        await _idleTimer.DisposeAsync().ConfigureAwait(false);
        if (spare is not null)
        {
            End(spare);
        }

        // Those that still read are killed by their tokens and given back.
        for (int place = 0; place < _options.Workers; place++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        Task[] endings;
        lock (_lock)
        {
            endings = [.. _endings];
        }

        await Task.WhenAll(endings).ConfigureAwait(false);
        _places.Dispose();
        _disposed.Dispose();
    }

    // What needs no process.
    private void RequireSize(DocumentSource source)
    {
        if (source.Bytes.IsEmpty)
        {
            throw new DocumentException(DocumentErrors.EmptyFile, "the file is empty");
        }

        if (source.Bytes.Length > _options.Limits.MaxBytes)
        {
            throw new DocumentException(
                DocumentErrors.LimitExceeded,
                $"the file has {source.Bytes.Length} bytes, expected at most {_options.Limits.MaxBytes}");
        }
    }

    private async Task TakePlaceAsync(CancellationToken cancellationToken)
    {
        if (await _places.WaitAsync(0, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > _options.Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new DocumentReaderBusyException(_options.Waiting);
        }

        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // Who holds a place finds room for a process: fewer than all are busy.
    private async Task<DocumentWorkerProcess> TakeAsync(string tenant, CancellationToken cancellationToken)
    {
        Task<DocumentWorkerProcess>? starting;
        lock (_lock)
        {
            _busy++;
            foreach (DocumentWorkerProcess dead in _idle.FindAll(worker => !worker.IsAlive))
            {
                _idle.Remove(dead);
                End(dead);
            }

            int own = _idle.FindLastIndex(worker => worker.Tenant == tenant);
            if (own >= 0)
            {
                DocumentWorkerProcess worker = _idle[own];
                _idle.RemoveAt(own);
                return worker;
            }

            if (_busy + _idle.Count > _options.Workers)
            {
                End(_idle[0]);
                _idle.RemoveAt(0);
            }

            starting = _spare;
            _spare = null;
        }

        try
        {
            DocumentWorkerProcess worker = await StartedAsync(starting, cancellationToken).ConfigureAwait(false);
            worker.Tenant = tenant;
            StartSpare();
            return worker;
        }
        catch
        {
            lock (_lock)
            {
                _busy--;
            }

            throw;
        }
    }

    private async Task<DocumentWorkerProcess> StartedAsync(
        Task<DocumentWorkerProcess>? spare, CancellationToken cancellationToken)
    {
        if (spare is not null)
        {
            try
            {
                DocumentWorkerProcess worker = await spare.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (worker.IsAlive)
                {
                    return worker;
                }

                End(spare);
            }
            catch (OperationCanceledException)
            {
                End(spare);
                throw;
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                _logger.LogWarning(exception, "A process that reads documents could not be started ahead");
            }
        }

        return await DocumentWorkerProcess.StartAsync(_options, _time, _logger, cancellationToken).ConfigureAwait(false);
    }

    private void StartSpare()
    {
        lock (_lock)
        {
            if (_options.Spare && _spare is null && !_disposed.IsCancellationRequested)
            {
                _spare = Task.Run(() => DocumentWorkerProcess.StartAsync(_options, _time, _logger, _disposed.Token));
            }
        }
    }

    private void GiveBack(DocumentWorkerProcess worker)
    {
        lock (_lock)
        {
            _busy--;
            if (worker.IsUsable && worker.Documents < _options.DocumentsPerWorker && !_disposed.IsCancellationRequested)
            {
                _idle.Add(worker);
            }
            else
            {
                End(worker);
            }
        }
    }

    private void EndIdle()
    {
        lock (_lock)
        {
            bool IsOld(DocumentWorkerProcess worker) => _time.GetElapsedTime(worker.LastUsed) >= _options.IdleTime;
            foreach (DocumentWorkerProcess worker in _idle.FindAll(IsOld))
            {
                _idle.Remove(worker);
                End(worker);
            }

            if (_busy == 0 && _spare is { IsCompleted: true } spare && (!spare.IsCompletedSuccessfully || IsOld(spare.Result)))
            {
                _spare = null;
                End(spare);
            }
        }
    }

    private void End(DocumentWorkerProcess worker) => End(Task.FromResult(worker));

    private void End(Task<DocumentWorkerProcess> starting)
    {
        lock (_lock)
        {
            Task ending = EndAsync(starting);
            _endings.RemoveWhere(task => task.IsCompleted);
            _endings.Add(ending);
        }
    }

    private async Task EndAsync(Task<DocumentWorkerProcess> starting)
    {
        try
        {
            DocumentWorkerProcess worker = await starting.ConfigureAwait(false);
            await worker.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException or IOException)
        {
            _logger.LogDebug(exception, "A process that reads documents did not start");
        }
    }
}
