using Grpc.Core;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.Gateway;

/// <summary>
/// Ends a gateway that other machines can reach while no API key exists. (Calls from other machines without a key are
/// refused in any case: this says so at the start instead of at the first call.)
/// </summary>
internal sealed class KeyNeededBeyondLoopback(
    IConfiguration configuration,
    IKeyResolver keys,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<KeyNeededBeyondLoopback> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        PlatformPorts ports = PlatformPorts.From(configuration);
        if (!ports.BeyondLoopback)
        {
            return;
        }

        // The service that owns the keys may be part of this very process.
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        if (await NoKeyExistsAsync(stoppingToken))
        {
            logger.LogCritical(
                "{Setting} is {Address} and no API key exists: start once on 127.0.0.1, make one with 'llm keys create', then bind to other addresses",
                PlatformPorts.BindAddressKey,
                ports.BindAddress);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task<bool> NoKeyExistsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await keys.ResolveKeylessAsync(cancellation) is not null;
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            {
                logger.LogInformation("whether API keys exist is not known yet: {Detail}", exception.Status.Detail);
                await Task.Delay(Pause, clock, cancellation);
            }
        }
    }
}
