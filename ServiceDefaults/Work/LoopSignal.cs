using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Work;

/// <summary>Wakes a loop now, or when a row that failed may be tried again. Each loop has a type of its own.</summary>
/// <param name="clock">Measures the waits.</param>
/// <param name="lifetime">Whose end ends them.</param>
public abstract class LoopSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : IDisposable
{
    // A timer may be a little early, and the row would not be due yet.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    /// <summary>What the loop waits for.</summary>
    public WorkSignal Signal { get; } = new(clock);

    /// <summary>There may be work.</summary>
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Signal.Dispose();
        GC.SuppressFinalize(this);
    }
}
