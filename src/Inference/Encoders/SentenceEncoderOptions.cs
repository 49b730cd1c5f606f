namespace LlmPlatform.Inference.Encoders;

/// <summary>Limits of a <see cref="SentenceEncoder"/>.</summary>
public sealed record SentenceEncoderOptions
{
    /// <summary>Threads that share the work; null for as many as there are physical cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Tokens that are run together at most, but for a single longer text.</summary>
    public int BatchTokens { get; init; } = 1024;

    /// <summary>Calls that may be under way at once; one more is refused.</summary>
    public int MaxCalls { get; init; } = 64;

    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Threads ?? 1, nameof(Threads));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCalls);
    }
}
