using System.Buffers;

namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// The analyser of texts and queries. Hangul, Chinese, kana and Thai become pairs of neighbouring characters (a character
/// alone stays), which needs no dictionary and, over KorQuAD, finds as well as a morphological analyser does; Latin words
/// and numbers become Snowball English stems. Where a word touches such a script, as in "1989년" or "CPU는", it is a term
/// by itself and again with the one character that follows ("1989", "1989년"): numbers with their unit are rarer, and over
/// KorQuAD this finds a little better than pairs of digits.
/// </summary>
public sealed class KeywordAnalyzer : ITextAnalyzer
{
    /// <summary>Characters of a term at most; a longer word is cut, so that two that differ only later meet.</summary>
    public const int MostTermLength = 64;

    private const int StackCharacters = 512;

    private KeywordAnalyzer()
    {
    }

    /// <summary>The analyser; it has no state.</summary>
    public static KeywordAnalyzer Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "pairs-porter2-1";

    /// <inheritdoc/>
    public void Analyze(ReadOnlySpan<char> text, TermAction term)
    {
        ArgumentNullException.ThrowIfNull(term);
        char[]? rented = text.Length > StackCharacters ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> buffer = rented ?? stackalloc char[StackCharacters];
        try
        {
            AnalyzeFolded(buffer[..TextFolding.Fold(text, buffer)], term);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }

    private static void AnalyzeFolded(ReadOnlySpan<char> text, TermAction term)
    {
        int position = 0;
        bool afterWord = false;
        while (position < text.Length)
        {
            int start = position;
            switch (CharacterTable.KindOf(text[position]))
            {
                case CharacterKind.Word:
                    position = EndOfWord(text, start);
                    TakeWord(text, start, position, term);
                    afterWord = true;
                    break;
                case CharacterKind.Pair:
                    position = EndOfPairs(text, start);
                    TakePairs(text[start..position], afterWord, term);
                    afterWord = false;
                    break;
                default:
                    position += 1;
                    afterWord = false;
                    break;
            }
        }
    }

    // An apostrophe between letters belongs to the word: the stemmer knows what to do with it.
    private static int EndOfWord(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length
            && (CharacterTable.KindOf(text[position]) == CharacterKind.Word || IsApostrophe(text, position)))
        {
            position++;
        }

        return position;
    }

    private static bool IsApostrophe(ReadOnlySpan<char> text, int position) => text[position] == '\''
        && char.IsAsciiLetter(text[position - 1]) && position + 1 < text.Length && char.IsAsciiLetter(text[position + 1]);

    private static int EndOfPairs(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length && CharacterTable.KindOf(text[position]) == CharacterKind.Pair)
        {
            position += WidthAt(text, position);
        }

        return position;
    }

    private static void TakeWord(ReadOnlySpan<char> text, int start, int end, TermAction term)
    {
        int length = Math.Min(end - start, MostTermLength - 2);
        Span<char> word = stackalloc char[MostTermLength];
        text.Slice(start, length).CopyTo(word);
        if (end < text.Length && CharacterTable.KindOf(text[end]) == CharacterKind.Pair)
        {
            int width = WidthAt(text, end);
            text.Slice(end, width).CopyTo(word[length..]);
            term(word[..(length + width)]);
        }

        int stem = System.Text.Ascii.IsValid(word[..length]) ? SnowballEnglish.Stem(word[..length]) : length;
        term(word[..stem]);
    }

    // A single character behind a word is in the word's second term already.
    private static void TakePairs(ReadOnlySpan<char> run, bool afterWord, TermAction term)
    {
        int first = WidthAt(run, 0);
        if (first == run.Length && !afterWord)
        {
            term(run);
        }

        for (int start = 0, middle = first; middle < run.Length;)
        {
            int end = middle + WidthAt(run, middle);
            term(run[start..end]);
            start = middle;
            middle = end;
        }
    }

    private static int WidthAt(ReadOnlySpan<char> text, int position) =>
        char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]) ? 2 : 1;
}
