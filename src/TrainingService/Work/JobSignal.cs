using LlmPlatform.ServiceDefaults.Work;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Wakes the workers of training jobs.</summary>
internal sealed class JobSignal(TimeProvider clock, IHostApplicationLifetime lifetime) : LoopSignal(clock, lifetime);
