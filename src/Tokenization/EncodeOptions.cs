namespace LlmPlatform.Tokenization;

/// <summary>What <see cref="Tokenizer.Encode(EncodeInput, EncodeOptions)"/> does beyond plain tokens.</summary>
public sealed record EncodeOptions
{
    /// <summary>Whether the post-processor adds its special tokens.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>How encodings that are too long are cut; null: not at all.</summary>
    public TruncationOptions? Truncation { get; init; }

    /// <summary>How encodings are filled up; null: not at all.</summary>
    public PaddingOptions? Padding { get; init; }
}
