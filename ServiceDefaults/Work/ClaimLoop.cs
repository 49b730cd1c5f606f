using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.ServiceDefaults.Work;

/// <summary>
/// Works off rows: claims one after the other until none is left, then waits for a nudge or for the sweep's interval,
/// whichever comes first. Begins when the application has started. A pass that fails is logged and tried again.
/// </summary>
/// <param name="signal">What nudges it.</param>
/// <param name="sweepInterval">How long it sleeps without a nudge.</param>
/// <param name="lifetime">The application.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="log">Where failures are told.</param>
public abstract partial class ClaimLoop(WorkSignal signal, TimeSpan sweepInterval, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger log)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Claims one row and works it off.</summary>
    /// <returns>False when there was none to claim.</returns>
    protected abstract Task<bool> WorkOneAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        TimeSpan pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await WorkOneAsync(stoppingToken))
                {
                    pause = FirstPause;
                }

                await signal.WaitAsync(sweepInterval, stoppingToken);
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(GetType().Name, exception);
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task<bool> StartedAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Loop}: a pass failed and is tried again")]
    private partial void LogFailed(string loop, Exception exception);
}
