namespace LlmPlatform.Hub.Pull;

/// <summary>Ends a call that stays silent for too long, and tells that from the caller's own cancellation.</summary>
internal sealed class IdleGuard : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    public IdleGuard(TimeSpan timeout, TimeProvider clock, CancellationToken caller)
    {
        _timeout = timeout;
        _caller = caller;
        _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token);
    }

    /// <summary>Runs one step; the time begins anew with each.</summary>
    /// <exception cref="TimeoutException">The step took too long.</exception>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, Task<T>> step)
    {
        _silence.CancelAfter(_timeout);
        try
        {
            return await step(_either.Token);
        }
        catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
        {
            throw new TimeoutException($"the server was silent for {_timeout.TotalSeconds:0} s");
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Reads from the body of an answer.</summary>
    /// <exception cref="TimeoutException">The server was silent.</exception>
    /// <exception cref="HttpRequestException">The connection was lost.</exception>
    public async ValueTask<int> ReadAsync(Stream body, byte[] buffer)
    {
        try
        {
            return await RunAsync(token => body.ReadAsync(buffer, token).AsTask());
        }
        catch (IOException e)
        {
            // Told apart from a disk that cannot be written.
            throw new HttpRequestException("the connection was lost", e);
        }
    }

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
