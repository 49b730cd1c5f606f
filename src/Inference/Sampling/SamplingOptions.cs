namespace LlmPlatform.Inference.Sampling;

/// <summary>How the next token is chosen. Applied in the order temperature, top-k, top-p.</summary>
public sealed record SamplingOptions
{
    /// <summary>Always the most likely token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>What logits are divided by; 0 chooses the most likely token. Finite, not negative.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Only so many most likely tokens, more where some are equally likely; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Only the most likely tokens until their probabilities reach this sum, the one that reaches it included; 1 for all.
    /// From 0 to 1 (nucleus sampling, Holtzman et al. 2019).
    /// </summary>
    public float TopP { get; init; } = 1;

    /// <summary>The same seed with the same logits gives the same tokens; null for a random one.</summary>
    public ulong? Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        Check(float.IsFinite(Temperature) && Temperature >= 0, nameof(Temperature), Temperature, "a finite number of at least 0");
        Check(TopK >= 0, nameof(TopK), TopK, "a whole number of at least 0");
        Check(TopP is >= 0 and <= 1, nameof(TopP), TopP, "a number from 0 to 1");
    }

    private static void Check(bool valid, string name, object value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}");
        }
    }
}
