namespace LlmPlatform.TrainingService.Work;

/// <summary>While a job runs: renews the lease, and sees when it was lost (a cancellation, for one) or a pause is wanted.</summary>
internal sealed class JobWatch : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RenewInterval = JobRows.LeaseDuration / 3;

    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _pause = new();
    private readonly Task _task;

    public JobWatch(JobRows rows, ClaimedJob claimed, TimeProvider clock) => _task = WatchAsync(rows, claimed, clock);

    /// <summary>Cancelled when the lease is lost: nothing that is written from here on counts.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Cancelled when the job is to stop with a checkpoint.</summary>
    public CancellationToken Pause => _pause.Token;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _task;
        _end.Dispose();
        _lost.Dispose();
        _pause.Dispose();
    }

    private async Task WatchAsync(JobRows rows, ClaimedJob claimed, TimeProvider clock)
    {
        long renewed = clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookInterval, clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_end.IsCancellationRequested)
            {
                return;
            }

            bool renew = clock.GetElapsedTime(renewed) >= RenewInterval;
            try
            {
                LeaseState state = await rows.LookAsync(claimed, renew, CancellationToken.None);
                if (!state.Held)
                {
                    await _lost.CancelAsync();
                    return;
                }

                renewed = renew ? clock.GetTimestamp() : renewed;
                if (state.PauseRequested)
                {
                    await _pause.CancelAsync();
                }
            }
            catch (Exception) when (clock.GetElapsedTime(renewed) < JobRows.LeaseDuration)
            {
                // The database is busy: as long as the lease lasts, the next look may do better.
            }
            catch (Exception)
            {
                // Nobody can tell whether the lease still holds. What is written from here on is fenced anyway.
                await _lost.CancelAsync();
                return;
            }
        }
    }
}
