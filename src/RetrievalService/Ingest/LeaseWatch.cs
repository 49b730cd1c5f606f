namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>
/// While a document is worked on: renews the lease, and stops the work when it was lost, which is how a cancellation, a
/// deletion or newer content reach a worker of another process.
/// </summary>
internal sealed class LeaseWatch : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RenewInterval = IngestRows.LeaseDuration / 3;

    private readonly CancellationTokenSource _end = new();
    private readonly Task _task;

    public LeaseWatch(IngestRows rows, ClaimedDocument claimed, RunningIngests.Running running, TimeProvider clock) =>
        _task = WatchAsync(rows, claimed, running, clock, _end.Token);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _task;
        _end.Dispose();
    }

    private static async Task WatchAsync(IngestRows rows, ClaimedDocument claimed, RunningIngests.Running running, TimeProvider clock, CancellationToken end)
    {
        long renewed = clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookInterval, clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                return;
            }

            bool renew = clock.GetElapsedTime(renewed) >= RenewInterval;
            try
            {
                if (!await rows.HoldsAsync(claimed, renew, CancellationToken.None))
                {
                    running.Stop();
                    return;
                }

                renewed = renew ? clock.GetTimestamp() : renewed;
            }
            catch (Exception) when (clock.GetElapsedTime(renewed) < IngestRows.LeaseDuration)
            {
                // The database is busy: as long as the lease lasts, the next look may do better.
            }
            catch (Exception)
            {
                // Nobody can tell whether the lease still holds. What is written from here on is fenced anyway.
                running.Stop();
                return;
            }
        }
    }
}
