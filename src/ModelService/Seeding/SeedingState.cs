using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmPlatform.ModelService.Seeding;

/// <summary>Ready once every folder of the configuration was looked at.</summary>
internal sealed class SeedingState : IHealthCheck
{
    private volatile bool _done;

    public bool Done
    {
        get => _done;
        set => _done = value;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("models are being registered"));
}
