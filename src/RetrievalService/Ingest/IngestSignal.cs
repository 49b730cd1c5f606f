using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Wakes the workers of ingestion.</summary>
internal sealed class IngestSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : LoopSignal(clock, lifetime);
