namespace LlmPlatform.Tokenization;

/// <summary>A text to encode, or a text and its pair; each may be given as words that are split already.</summary>
public sealed class EncodeInput
{
    private EncodeInput(IReadOnlyList<string> first, IReadOnlyList<string>? second, bool firstIsWords, bool secondIsWords)
    {
        First = first;
        Second = second;
        FirstIsWords = firstIsWords;
        SecondIsWords = secondIsWords;
    }

    internal IReadOnlyList<string> First { get; }

    internal IReadOnlyList<string>? Second { get; }

    internal bool FirstIsWords { get; }

    internal bool SecondIsWords { get; }

    /// <summary>A text, or a text and its pair.</summary>
    public static EncodeInput FromText(string text, string? pair = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new EncodeInput([text], pair is null ? null : [pair], false, false);
    }

    /// <summary>Words, or words and those of the pair. Offsets then count within each word, and word ids are the words' indices.</summary>
    public static EncodeInput FromWords(IReadOnlyList<string> words, IReadOnlyList<string>? pair = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new EncodeInput(words, pair, true, true);
    }
}
