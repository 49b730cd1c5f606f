namespace LlmPlatform.Training.Data;

/// <summary>How tokens are hidden for masked language modelling (https://arxiv.org/abs/1810.04805, section 3.1).</summary>
public sealed record MaskedLmOptions
{
    /// <summary>The id of the mask token.</summary>
    public required int MaskId { get; init; }

    /// <summary>What fills rows up.</summary>
    public required int PadId { get; init; }

    /// <summary>Random tokens are drawn from the ids below this.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that are never hidden.</summary>
    public required IReadOnlySet<int> SpecialIds { get; init; }

    /// <summary>Share of tokens that are chosen.</summary>
    public double MlmProbability { get; init; } = 0.15;

    /// <summary>Of the drawing.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Lengths are rounded up to a multiple of this.</summary>
    public int PadToMultipleOf { get; init; } = 1;

    /// <summary>The options for a model's tokenizer.</summary>
    /// <exception cref="ArgumentException">The tokenizer has no mask token.</exception>
    public static MaskedLmOptions For(DataTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new MaskedLmOptions
        {
            MaskId = tokenizer.MaskId ?? throw new ArgumentException("the tokenizer has no mask_token, expected one for masked_lm", nameof(tokenizer)),
            PadId = tokenizer.PadId,
            VocabularySize = tokenizer.Tokenizer.VocabularySize,
            SpecialIds = tokenizer.Tokenizer.SpecialTokens.Values.ToHashSet(),
        };
    }
}
