namespace LlmPlatform.Tokenization.Trainers;

/// <summary>What all trainers are told. Names and defaults are those of Hugging Face's <c>tokenizers</c>.</summary>
public abstract record TrainerOptions
{
    /// <summary>More would not be a vocabulary but a mistake.</summary>
    internal const int MaxVocabSize = 1 << 24;

    /// <summary>How many tokens there are to be at most, special tokens and alphabet included.</summary>
    public int VocabSize { get; init; } = 30_000;

    /// <summary>Tokens that come first in the vocabulary and are never made of text; their ids follow their order here.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>How many threads count and estimate; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal virtual void Validate()
    {
        Require(VocabSize is > 0 and <= MaxVocabSize, nameof(VocabSize), VocabSize, $"1 to {MaxVocabSize}");
        Require(Threads > 0, nameof(Threads), Threads, "at least 1");
        Require(SpecialTokens is not null, nameof(SpecialTokens), null, "a list");
        foreach (string token in SpecialTokens!)
        {
            Require(!string.IsNullOrEmpty(token), nameof(SpecialTokens), token, "tokens that are not empty");
        }
    }

    internal static void Require(bool condition, string option, object? value, string expected)
    {
        if (!condition)
        {
            string text = value?.ToString() ?? "null";
            throw new ArgumentException($"{option}: {(text.Length > 64 ? text[..64] : text)}: expected {expected}", option);
        }
    }
}
