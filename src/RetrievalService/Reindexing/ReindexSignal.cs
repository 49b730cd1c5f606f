using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Reindexing;

/// <summary>Wakes the loop that builds vectors.</summary>
internal sealed class ReindexSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : LoopSignal(clock, lifetime);
