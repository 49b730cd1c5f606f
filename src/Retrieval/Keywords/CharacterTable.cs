using System.Globalization;

namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// What each UTF-16 code unit becomes before terms are made: lower case, full-width forms as ASCII, Latin letters without
/// accents (so that composed and decomposed spellings meet), and which kind it is. One array access a character.
/// </summary>
internal static class CharacterTable
{
    // The letter below the accents, for U+00C0 to U+024F and for U+1E00 to U+1EFF; a dot: the character stays.
    private const string LatinExtended =
        "aaaaaa·ceeeeiiii·nooooo·ouuuuy··aaaaaa·ceeeeiiii·nooooo·ouuuuy·y" +
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii··jjkk·llllll·" +
        "·llnnnnnn···oooooo··rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz·" +
        "································oo·············uu···············" +
        "·············aaiioouuuuuuuuuu·aaaa····ggkkoooo··j···gg··nnaa····" +
        "aaaaeeeeiiiioooorrrruuuusstt··hh······aaeeooooooooyy············" +
        "················";

    private const string LatinAdditional =
        "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm" +
        "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv" +
        "wwwwwwwwwwxxxxyyzzzzzzhtwy······aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" +
        "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy······";

    private static readonly (int First, int Last)[] PairRanges =
    [
        (0x0E00, 0x0EFF), // Thai, Lao
        (0x1000, 0x109F), // Myanmar
        (0x1100, 0x11FF), // Hangul jamo that form no modern syllable
        (0x1780, 0x17FF), // Khmer
        (0x3005, 0x3007), // iteration mark, zero
        (0x3041, 0x30FF), // kana
        (0x3130, 0x318F), // single Hangul letters
        (0x31F0, 0x31FF), // small kana
        (0x3400, 0x4DBF), // Chinese characters
        (0x4E00, 0x9FFF),
        (0xA960, 0xA97F), // old jamo
        (0xAC00, 0xD7FF), // Hangul syllables, old jamo
        (0xF900, 0xFAFF), // Chinese characters for compatibility
    ];

    private static readonly char[] FoldedCharacters = BuildFolded();
    private static readonly CharacterKind[] Kinds = BuildKinds();

    /// <summary>The character in lower case, without accent and width.</summary>
    public static char Fold(char character) => FoldedCharacters[character];

    /// <summary>The kind of a folded character.</summary>
    public static CharacterKind KindOf(char folded) => Kinds[folded];

    private static char[] BuildFolded()
    {
        char[] folded = new char[char.MaxValue + 1];
        for (int c = 0; c < folded.Length; c++)
        {
            folded[c] = c switch
            {
                >= 0xFF01 and <= 0xFF5E => char.ToLowerInvariant((char)(c - 0xFEE0)),
                0x2019 => '\'',
                _ => char.ToLowerInvariant((char)c),
            };
        }

        Overlay(folded, 0xC0, LatinExtended);
        Overlay(folded, 0x1E00, LatinAdditional);
        return folded;
    }

    private static void Overlay(char[] folded, int first, string letters)
    {
        for (int i = 0; i < letters.Length; i++)
        {
            if (letters[i] != '·')
            {
                folded[first + i] = letters[i];
            }
        }
    }

    private static CharacterKind[] BuildKinds()
    {
        CharacterKind[] kinds = new CharacterKind[char.MaxValue + 1];
        for (int c = 0; c < kinds.Length; c++)
        {
            if (IsPartOfWord((char)c))
            {
                kinds[c] = CharacterKind.Word;
            }
        }

        foreach ((int first, int last) in PairRanges)
        {
            for (int c = first; c <= last; c++)
            {
                kinds[c] = IsPartOfWord((char)c) ? CharacterKind.Pair : CharacterKind.None;
            }
        }

        // Halves of the Chinese characters beyond U+FFFF (planes 2 and 3); no other pair begins with these.
        Array.Fill(kinds, CharacterKind.Pair, 0xD840, 0xD88F - 0xD840 + 1);
        return kinds;
    }

    private static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.LetterNumber;
}
