namespace LlmPlatform.Tokenization.Trainers;

/// <summary>How a WordPiece vocabulary is learned, and the settings of its model.</summary>
public sealed record WordPieceTrainerOptions : TrainerOptions
{
    /// <summary>Pairs that occur less often than this are not merged.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Of more different characters only this many, the most frequent, become tokens; null: all.</summary>
    public int? LimitAlphabet { get; init; }

    /// <summary>Characters that become tokens even if no text has them; of each string the first character counts.</summary>
    public IReadOnlyCollection<string> InitialAlphabet { get; init; } = [];

    /// <summary>Put before every piece of a word but the first.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "##";

    /// <summary>Put after the last character of a word while learning; null: nothing.</summary>
    public string? EndOfWordSuffix { get; init; }

    /// <summary>The model's <c>unk_token</c>; it should be a special token.</summary>
    public string UnkToken { get; init; } = "[UNK]";

    /// <summary>The model's <c>max_input_chars_per_word</c>: longer words are unknown.</summary>
    public int MaxInputCharsPerWord { get; init; } = 100;

    internal BpeTrainerOptions ForMerging() => new()
    {
        VocabSize = VocabSize,
        SpecialTokens = SpecialTokens,
        Threads = Threads,
        MinFrequency = MinFrequency,
        LimitAlphabet = LimitAlphabet,
        InitialAlphabet = InitialAlphabet,
        ContinuingSubwordPrefix = ContinuingSubwordPrefix,
        EndOfWordSuffix = EndOfWordSuffix,
    };

    internal override void Validate()
    {
        ForMerging().Validate();
        Require(ContinuingSubwordPrefix is not null, nameof(ContinuingSubwordPrefix), null, "a string");
        Require(UnkToken is not null, nameof(UnkToken), null, "a string");
        Require(MaxInputCharsPerWord > 0, nameof(MaxInputCharsPerWord), MaxInputCharsPerWord, "at least 1");
    }
}
