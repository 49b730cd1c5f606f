namespace LlmPlatform.Tokenization.Trainers;

/// <summary>How a Unigram vocabulary is learned. Names and defaults are those of Hugging Face's <c>tokenizers</c>.</summary>
public sealed record UnigramTrainerOptions : TrainerOptions
{
    /// <summary>Options with the trainer's own default of 8,000 tokens.</summary>
    public UnigramTrainerOptions() => VocabSize = 8000;

    /// <summary>Characters that become tokens even if no text has them; of each string the first character counts.</summary>
    public IReadOnlyCollection<string> InitialAlphabet { get; init; } = [];

    /// <summary>The token for unknown text; where it is no special token it comes before them. Null: unknown text is an error.</summary>
    public string? UnkToken { get; init; }

    /// <summary>The part of the pieces that a round of dropping keeps (<c>shrinking_factor</c>).</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>The longest piece, in characters.</summary>
    public int MaxPieceLength { get; init; } = 16;

    /// <summary>How often probabilities are estimated between two rounds of dropping (<c>n_sub_iterations</c>).</summary>
    public int SubIterations { get; init; } = 2;

    /// <summary>How many pieces it begins with at most (<c>seed_size</c>).</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>Whether the unknown token has to be put before the special tokens.</summary>
    internal bool AddsUnkToken => UnkToken is not null && !SpecialTokens.Contains(UnkToken, StringComparer.Ordinal);

    internal override void Validate()
    {
        base.Validate();
        int reserved = SpecialTokens.Count + (AddsUnkToken ? 1 : 0);
        Require(VocabSize > reserved, nameof(VocabSize), VocabSize, $"more than the {reserved} special tokens");
        Require(ShrinkingFactor is > 0 and < 1, nameof(ShrinkingFactor), ShrinkingFactor, "a number between 0 and 1");
        Require(MaxPieceLength is > 0 and <= 1024, nameof(MaxPieceLength), MaxPieceLength, "1 to 1024");
        Require(SubIterations > 0, nameof(SubIterations), SubIterations, "at least 1");
        Require(SeedSize is > 0 and <= MaxVocabSize, nameof(SeedSize), SeedSize, $"1 to {MaxVocabSize}");
        Require(InitialAlphabet is not null, nameof(InitialAlphabet), null, "a list");
    }
}
