using System.Diagnostics.Metrics;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingService.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Tells how many jobs wait and run, whenever metrics are read.</summary>
internal sealed class JobGauges(IDbContextFactory<TrainingDbContext> contexts) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(JobTelemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("llmplatform.training.queue.depth", () => Count(JobStatus.Queued, JobStatus.Queued), "{job}", "Jobs that wait.");
        _meter.CreateObservableGauge("llmplatform.training.running", () => Count(JobStatus.Preparing, JobStatus.Running), "{job}", "Jobs that run.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private long Count(JobStatus one, JobStatus other)
    {
        using TrainingDbContext context = contexts.CreateDbContext();
        return context.Jobs.LongCount(row => row.Status == one || row.Status == other);
    }
}
