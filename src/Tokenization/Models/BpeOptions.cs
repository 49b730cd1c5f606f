namespace LlmPlatform.Tokenization.Models;

/// <summary>The settings of a BPE model; the names are those of tokenizer.json.</summary>
internal sealed record BpeOptions
{
    /// <summary>Stands for characters that are not in the vocabulary; null: they are left out.</summary>
    public string? UnkToken { get; init; }

    /// <summary>Put before every character of a word but the first.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Put after the last character of a word.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether neighbouring unknown characters are one token.</summary>
    public bool FuseUnk { get; init; }

    /// <summary>Whether unknown characters become tokens of their bytes, <c>&lt;0xEA&gt;</c>.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a word that is a token as a whole is not merged from its parts.</summary>
    public bool IgnoreMerges { get; init; }
}
