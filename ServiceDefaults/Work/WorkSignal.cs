namespace LlmPlatform.ServiceDefaults.Work;

/// <summary>Wakes a loop that waits for work. Any number of wakes before the loop looks count as one.</summary>
/// <param name="clock">Measures the waits.</param>
public sealed class WorkSignal(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _wakes = new(0, 1);
    private readonly Lock _lock = new();

    /// <summary>There may be work.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_wakes.CurrentCount == 0)
            {
                _wakes.Release();
            }
        }
    }

    /// <summary>Waits for a wake, or until <paramref name="limit"/> has passed.</summary>
    /// <returns>Whether there was a wake.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = new(limit, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _wakes.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _wakes.Dispose();
}
