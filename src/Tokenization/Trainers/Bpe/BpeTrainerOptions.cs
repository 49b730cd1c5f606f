using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>How a BPE vocabulary is learned, and the settings of its model. Names are those of Hugging Face's <c>tokenizers</c>.</summary>
public sealed record BpeTrainerOptions : TrainerOptions
{
    /// <summary>The 256 characters that stand for bytes in a byte-level tokenizer, as <see cref="InitialAlphabet"/>.</summary>
    public static IReadOnlyList<string> ByteLevelAlphabet { get; } =
        [.. Enumerable.Range(0, 256).Select(value => char.ToString((char)ByteAlphabet.Character((byte)value)))];

    /// <summary>Pairs that occur less often than this are not merged.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Of more different characters only this many, the most frequent, become tokens; null: all.</summary>
    public int? LimitAlphabet { get; init; }

    /// <summary>Characters that become tokens even if no text has them; of each string the first character counts.</summary>
    public IReadOnlyCollection<string> InitialAlphabet { get; init; } = [];

    /// <summary>Put before every character of a word but the first, for example <c>##</c>; null: nothing.</summary>
    public string? ContinuingSubwordPrefix { get; init; }

    /// <summary>Put after the last character of a word, for example <c>&lt;/w&gt;</c>; null: nothing.</summary>
    public string? EndOfWordSuffix { get; init; }

    /// <summary>
    /// Merged tokens of three characters and more must be shorter than this; null: no limit. (Pairs of single characters
    /// are always merged: so it is in the reference.)
    /// </summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>The model's <c>unk_token</c>, for characters that are not in the vocabulary; it should be a special token.</summary>
    public string? UnkToken { get; init; }

    /// <summary>The model's <c>fuse_unk</c>: neighbouring unknown characters are one token.</summary>
    public bool FuseUnk { get; init; }

    /// <summary>The model's <c>ignore_merges</c>: a word that is a token as a whole is not merged from its parts.</summary>
    public bool IgnoreMerges { get; init; }

    internal override void Validate()
    {
        base.Validate();
        Require(MinFrequency >= 0, nameof(MinFrequency), MinFrequency, "at least 0");
        Require(LimitAlphabet is null or >= 0, nameof(LimitAlphabet), LimitAlphabet, "at least 0");
        Require(MaxTokenLength is null or > 0, nameof(MaxTokenLength), MaxTokenLength, "at least 1");
        Require(InitialAlphabet is not null, nameof(InitialAlphabet), null, "a list");
    }
}
