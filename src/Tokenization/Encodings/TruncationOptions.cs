namespace LlmPlatform.Tokenization;

/// <summary>Which side loses tokens first (or is padded).</summary>
public enum TokenSide
{
    /// <summary>The end of the text.</summary>
    Right,

    /// <summary>Its beginning.</summary>
    Left,
}

/// <summary>Which member of a pair is cut.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, then both alike.</summary>
    LongestFirst,

    /// <summary>Only the text.</summary>
    OnlyFirst,

    /// <summary>Only its pair.</summary>
    OnlySecond,
}

/// <summary>How an encoding that is too long is cut.</summary>
/// <param name="MaxLength">The greatest number of tokens, special tokens included.</param>
/// <param name="Stride">How many tokens an overflowing window repeats of the one before.</param>
/// <param name="Strategy">Which member of a pair is cut.</param>
/// <param name="Direction">The side at which tokens are cut off.</param>
public sealed record TruncationOptions(
    int MaxLength,
    int Stride = 0,
    TruncationStrategy Strategy = TruncationStrategy.LongestFirst,
    TokenSide Direction = TokenSide.Right);
