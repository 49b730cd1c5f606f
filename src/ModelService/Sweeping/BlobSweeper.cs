namespace LlmPlatform.ModelService.Sweeping;

/// <summary>Sweeps from time to time.</summary>
internal sealed class BlobSweeper(BlobSweep sweep, SweepOptions options, TimeProvider clock, ILogger<BlobSweeper> logger) : BackgroundService
{
    // A timer needs an interval above zero.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.Interval > ShortestInterval ? options.Interval : ShortestInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                int removed = await sweep.RunAsync(options.Grace, stoppingToken);
                if (removed > 0)
                {
                    logger.LogInformation("Removed {Count} blobs that nothing names any more", removed);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The next round tries again; nothing depends on this one.
                logger.LogWarning(exception, "A sweep of blobs failed");
            }
        }
    }
}
