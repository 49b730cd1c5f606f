using Grpc.Core;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;

namespace LlmPlatform.GenerationService.Loading;

/// <summary>Loads the models that the configuration names. The registry may still be on its way up: it is asked again.</summary>
internal sealed class Preload(
    GenerationOptions options,
    ModelPool<LoadedDecoder> decoders,
    ICallerTokens tokens,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<Preload> logger) : BackgroundService
{
    private const int MaxAttempts = 120;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private volatile bool _done = options.Preload.Count == 0;

    /// <summary>Whether every model was loaded, or given up.</summary>
    public bool Done => _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        foreach (string model in options.Preload)
        {
            await LoadAsync(model, stoppingToken);
        }

        _done = true;
    }

    private async Task LoadAsync(string model, CancellationToken cancellationToken)
    {
        using IDisposable scope = tokens.ActAs(CallerIdentity.User(Tenants.Local));
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using ModelLease<LoadedDecoder> lease = await decoders.RentAsync(model, cancellationToken);
                return;
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.Unavailable && attempt < MaxAttempts)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
            catch (RpcException error)
            {
                logger.LogError("Model {Model} cannot be loaded at start: {Reason}", model, error.Status.Detail);
                return;
            }
        }
    }
}
