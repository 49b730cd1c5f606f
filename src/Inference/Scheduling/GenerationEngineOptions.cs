namespace LlmPlatform.Inference.Scheduling;

/// <summary>Limits of a <see cref="GenerationEngine"/>.</summary>
public sealed record GenerationEngineOptions
{
    /// <summary>Threads that share the work; null for as many as there are physical cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Bytes for keys and values.</summary>
    public long KvCacheBytes { get; init; } = 1L << 30;

    /// <summary>Sequences that take part in a step at most.</summary>
    public int MaxActiveSequences { get; init; } = 32;

    /// <summary>Requests that wait at most; one more is refused.</summary>
    public int MaxWaitingSequences { get; init; } = 128;

    /// <summary>Tokens of a step: first one for each sequence that generates, the rest for pieces of prompts.</summary>
    public int StepTokens { get; init; } = 128;

    /// <summary>How long dispose waits for what is running.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Threads ?? 1, nameof(Threads));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(KvCacheBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxActiveSequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWaitingSequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StepTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(DrainTimeout, TimeSpan.Zero);
    }
}
