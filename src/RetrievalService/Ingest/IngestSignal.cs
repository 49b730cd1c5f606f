using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Wakes the workers of ingestion.</summary>
internal sealed class IngestSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    public WorkSignal Signal { get; } = new(clock);

    public void Wake() => Signal.Wake();

    /// <summary>Wakes them when a row that waits may be tried again.</summary>
    public async Task WakeAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, clock, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Wake();
        }
    }

    public void Dispose() => Signal.Dispose();
}
