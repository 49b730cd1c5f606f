using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.RetrievalService.Chores;

/// <summary>Wakes the loop of chores.</summary>
internal sealed class ChoreSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : LoopSignal(clock, lifetime);
