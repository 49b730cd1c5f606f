namespace LlmPlatform.Contracts.Messages;

/// <summary>A nudge: a job's row waits for a worker. It may be lost or come twice; the row is the truth.</summary>
/// <param name="JobId">The job.</param>
public sealed record TrainingJobQueued(string JobId);
