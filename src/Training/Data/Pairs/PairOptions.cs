namespace LlmPlatform.Training.Data;

/// <summary>How pairs of texts become tokens.</summary>
public sealed record PairOptions
{
    /// <summary>Tokens of a text at most, special tokens included.</summary>
    public int MaxLength { get; init; } = 512;

    /// <summary>Put before the first text, as some encoders want it (<c>query: </c>).</summary>
    public string AnchorPrompt { get; init; } = "";

    /// <summary>Put before the other texts (<c>passage: </c>).</summary>
    public string PositivePrompt { get; init; } = "";
}
