namespace LlmPlatform.Inference.Scheduling;

/// <summary>The queue is full; nothing was started.</summary>
/// <param name="waiting">Requests that wait.</param>
/// <param name="retryAfter">When it is worth trying again: an estimate.</param>
#pragma warning disable CA1032 // It is only thrown with what it says.
public sealed class QueueFullException(int waiting, TimeSpan retryAfter)
    : Exception($"{waiting} requests are waiting already; try again in {Math.Ceiling(retryAfter.TotalSeconds)} s")
#pragma warning restore CA1032
{
    /// <summary>When it is worth trying again: an estimate.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
