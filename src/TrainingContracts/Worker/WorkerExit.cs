namespace LlmPlatform.TrainingContracts.Worker;

/// <summary>Exit codes of a training child process. Any other means that it was lost.</summary>
public static class WorkerExit
{
    /// <summary>The result is there: <see cref="WorkerCompleted"/> was the last event.</summary>
    public const int Completed = 0;

    /// <summary>It failed and said why: <see cref="WorkerFailed"/> was the last event.</summary>
    public const int Failed = 20;

    /// <summary>It was told to stop: <see cref="WorkerStopped"/> was the last event.</summary>
    public const int Stopped = 21;

    /// <summary>Its pipe closed: the parent is gone.</summary>
    public const int Orphaned = 22;
}
