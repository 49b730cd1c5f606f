using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Wakes the workers of ingestion.</summary>
internal sealed class IngestSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    // A timer may be a little early, and the row would not be due yet.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    public WorkSignal Signal { get; } = new(clock);

    public void Wake() => Signal.Wake();

    /// <summary>Wakes them when a row that waits may be tried again.</summary>
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
