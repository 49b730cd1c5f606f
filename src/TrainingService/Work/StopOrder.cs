using LlmPlatform.TrainingService.Workers;

namespace LlmPlatform.TrainingService.Work;

/// <summary>
/// While a child runs: tells it to stop when the job is to pause, for as long as that takes, or when this process ends,
/// and then for a limited time.
/// </summary>
internal sealed class StopOrder : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _task;

    public StopOrder(WorkerProcess worker, TimeSpan limit, TimeProvider clock, CancellationToken pause, CancellationToken stopping) =>
        _task = RunAsync(worker, limit, clock, pause, stopping);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _task;
        _ended.Dispose();
    }

    private async Task RunAsync(WorkerProcess worker, TimeSpan limit, TimeProvider clock, CancellationToken pause, CancellationToken stopping)
    {
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, pause, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, any.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        await worker.StopAsync();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(limit, clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_ended.IsCancellationRequested)
        {
            worker.Kill();
        }
    }
}
