using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmPlatform.GenerationService.Loading;

/// <summary>Not ready while models are loaded at start.</summary>
internal sealed class PreloadCheck(Preload preload) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(preload.Done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("models are being loaded"));
}
