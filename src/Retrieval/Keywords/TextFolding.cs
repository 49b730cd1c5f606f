namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// Makes spellings of the same text equal: Hangul jamo are composed to syllables (file names of some systems come
/// decomposed), accents on Latin letters fall away, lower case, full-width forms as ASCII.
/// </summary>
internal static class TextFolding
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    /// <summary>Folds a text into a buffer of at least its length and returns the folded length.</summary>
    public static int Fold(ReadOnlySpan<char> text, Span<char> folded)
    {
        int length = 0;
        foreach (char character in text)
        {
            char c = CharacterTable.Fold(character);
            if (length > 0 && c is >= '\u0300' and <= '\u11FF')
            {
                ref char last = ref folded[length - 1];
                if (c <= '\u036F' ? char.IsAsciiLetter(last) : TryCompose(ref last, c))
                {
                    continue;
                }
            }

            folded[length++] = c;
        }

        return length;
    }

    // Lead and vowel make a syllable, a syllable without trail takes one.
    private static bool TryCompose(ref char last, char next)
    {
        if (last - LeadBase is >= 0 and < LeadCount && next - VowelBase is >= 0 and < VowelCount)
        {
            last = (char)(SyllableBase + ((((last - LeadBase) * VowelCount) + next - VowelBase) * TrailCount));
            return true;
        }

        if (last - SyllableBase is int index and >= 0 and < SyllableCount && index % TrailCount == 0
            && next - TrailBase is > 0 and < TrailCount)
        {
            last = (char)(last + next - TrailBase);
            return true;
        }

        return false;
    }
}
