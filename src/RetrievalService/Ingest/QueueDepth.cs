using System.Diagnostics.Metrics;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Tells how many documents wait, whenever metrics are read.</summary>
internal sealed class QueueDepth(IDbContextFactory<RetrievalDbContext> contexts) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(IngestTelemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge("llmplatform.retrieval.queue.depth", Count, "{document}", "Documents that wait to be ingested.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private long Count()
    {
        using RetrievalDbContext context = contexts.CreateDbContext();
        return context.Documents.LongCount(row => row.Status == DocumentStatus.Queued);
    }
}
