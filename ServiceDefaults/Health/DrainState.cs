namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>How far this process is on its way out.</summary>
public sealed class DrainState : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancelCalls = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _draining;

    /// <summary>Whether the process no longer wants work: it is not ready, and new calls are refused.</summary>
    public bool Draining
    {
        get
        {
            lock (_gate)
            {
                return _draining;
            }
        }
    }

    /// <summary>Calls that run now.</summary>
    public int RunningCalls
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Whether the time to finish is over and running calls were cancelled.</summary>
    internal bool RunningCallsCancelled => _cancelCalls.IsCancellationRequested;

    /// <summary>Cancelled when the time to finish is over.</summary>
    internal CancellationToken CallsCancelled => _cancelCalls.Token;

    /// <summary>Releases the cancellation source.</summary>
    public void Dispose() => _cancelCalls.Dispose();

    /// <summary>Counts a call in; false when the process drains.</summary>
    internal bool TryEnter(bool evenWhileDraining)
    {
        lock (_gate)
        {
            if (_draining && !evenWhileDraining)
            {
                return false;
            }

            _running++;
            return true;
        }
    }

    /// <summary>Counts a call out.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && _draining)
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>Refuses new calls from here on; the task ends when none runs any more.</summary>
    internal Task BeginDrain()
    {
        lock (_gate)
        {
            _draining = true;
            if (_running == 0)
            {
                _idle.TrySetResult();
            }

            return _idle.Task;
        }
    }

    /// <summary>Cancels what still runs.</summary>
    internal Task CancelCallsAsync() => _cancelCalls.CancelAsync();
}
