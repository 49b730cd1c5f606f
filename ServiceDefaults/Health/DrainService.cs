using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>
/// On the way out, before the web server stops: not ready, running calls finish, then they are cancelled. All of it
/// happens in StoppingAsync, which the host runs before it stops any service.
/// </summary>
internal sealed class DrainService(DrainState state, IOptions<DrainOptions> options, TimeProvider clock, ILogger<DrainService> logger) : IHostedLifecycleService
{
    /// <summary>How long cancelled calls get to tell their callers.</summary>
    public static readonly TimeSpan CancelledCallsTimeout = TimeSpan.FromSeconds(2);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Task idle = state.BeginDrain();
        if (await EndsWithinAsync(idle, options.Value.Timeout, cancellationToken))
        {
            return;
        }

        logger.LogWarning("{Calls} calls still run after {Seconds} s and are cancelled", state.RunningCalls, options.Value.Timeout.TotalSeconds);
        await state.CancelCallsAsync();
        await EndsWithinAsync(idle, CancelledCallsTimeout, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit, clock, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
