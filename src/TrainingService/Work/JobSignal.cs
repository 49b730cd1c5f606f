using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Wakes the workers now, or when a row that failed may be tried again.</summary>
internal sealed class JobSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    // A timer may be a little early, and the row would not be due yet.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    public WorkSignal Signal { get; } = new(clock);

    public void Wake() => Signal.Wake();

    /// <summary>Wakes the loop after a while, unless the application ends before.</summary>
    public async Task WakeAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay + Margin, clock, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Wake();
        }
    }

    public void Dispose() => Signal.Dispose();
}
