using System.Globalization;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>The sets of characters that the components' rules are written in.</summary>
internal static class CharacterSets
{
    /// <summary>The Unicode property White_Space.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint switch
    {
        < 0x80 => codePoint is ' ' or (>= 9 and <= 13),
        0x85 or 0xA0 or 0x1680 or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000 => true,
        _ => codePoint is >= 0x2000 and <= 0x200A,
    };

    /// <summary>Word characters as UTS #18 has them: letters, marks, decimal digits, connectors, joiners.</summary>
    public static bool IsWord(int codePoint) => Category(codePoint) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol => codePoint is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149)
            or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        _ => codePoint is 0x200C or 0x200D,
    };

    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>The first Chinese character in BERT's sense.</summary>
    public const int FirstChinese = 0x3400;

    /// <summary>
    /// Chinese characters in BERT's sense: blocks of CJK ideographs, of which one begins late in the reference.
    /// </summary>
    public static bool IsChinese(int codePoint) => codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= FirstChinese and <= 0x4DBF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Numbers of every kind (Nd, Nl, No), in the state of Unicode 17.0.</summary>
    public static bool IsNumber(int codePoint) => Category(codePoint) is UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        || codePoint is (>= 0x11DE0 and <= 0x11DE9) or (>= 0x16FF4 and <= 0x16FF6);

    /// <summary>ASCII punctuation and symbols, and punctuation in the state of Unicode 8.0.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 0x80
        ? codePoint is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : codePoint is 0x166D or 0x111C9
            || (Category(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
                && !UnicodeRanges.PunctuationAfter8.Contains(codePoint));

    /// <summary>
    /// Marks that take no place of their own (Mn), in the state of Unicode 8.0, when two of today's spacing marks were
    /// among them.
    /// </summary>
    public static bool IsNonSpacingMark(int codePoint) => codePoint is 0x1734 or 0x1171E
        || (Category(codePoint) == UnicodeCategory.NonSpacingMark && !UnicodeRanges.NonSpacingMarkAfter8.Contains(codePoint));

    /// <summary>Marks of every kind (Mn, Mc, Me), in the state of Unicode 9.0.</summary>
    public static bool IsCombiningMark(int codePoint) => codePoint is 0x1CF2 or 0x1CF3
        || (Category(codePoint) is >= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.EnclosingMark
            && !UnicodeRanges.MarkAfter9.Contains(codePoint));

    /// <summary>Control, format and private characters (Cc, Cf, Co), in the state of Unicode 8.0.</summary>
    public static bool IsControlOrFormat(int codePoint) => Category(codePoint) switch
    {
        UnicodeCategory.Control or UnicodeCategory.PrivateUse => true,
        UnicodeCategory.Format => !UnicodeRanges.FormatAfter8.Contains(codePoint),
        _ => false,
    };
}
