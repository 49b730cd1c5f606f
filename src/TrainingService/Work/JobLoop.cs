using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.TrainingService.Work;

/// <summary>One worker: runs one job after the other.</summary>
internal sealed class JobLoop(
    JobSignal signal, JobRows rows, JobRun run, JobCleanup cleanup, TrainingOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<JobLoop> log)
    : ClaimLoop(signal.Signal, options.SweepInterval, lifetime, clock, log)
{
    protected override async Task<bool> WorkOneAsync(CancellationToken cancellationToken)
    {
        await cleanup.SweepAsync(cancellationToken);
        if (await rows.ClaimAsync(cancellationToken) is not { } claimed)
        {
            return false;
        }

        if (options.Workers > 1)
        {
            // There may be work for the next one too.
            signal.Wake();
        }

        await run.RunAsync(claimed, cancellationToken);
        return true;
    }
}
