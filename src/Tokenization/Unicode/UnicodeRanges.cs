namespace LlmPlatform.Tokenization.Unicode;

/// <summary>Sets of code points that cannot be told from .NET's general categories (<c>Data/Ranges.txt</c>).</summary>
internal static class UnicodeRanges
{
    private static readonly Lazy<Dictionary<string, CodePointSet>> Sets =
        new(() => UnicodeDataFile.ReadSets("Ranges.txt").ToDictionary(set => set.Name, set => set.Set, StringComparer.Ordinal));

    /// <summary>What is alphabetic beside letters and letter numbers.</summary>
    public static CodePointSet OtherAlphabetic => Sets.Value[nameof(OtherAlphabetic)];

    /// <summary>What is lower case beside lower-case letters.</summary>
    public static CodePointSet OtherLowercase => Sets.Value[nameof(OtherLowercase)];

    /// <summary>What is upper case beside upper-case letters.</summary>
    public static CodePointSet OtherUppercase => Sets.Value[nameof(OtherUppercase)];

    public static CodePointSet Emoji => Sets.Value[nameof(Emoji)];

    /// <summary>Punctuation that Unicode 8.0 did not have.</summary>
    public static CodePointSet PunctuationAfter8 => Sets.Value[nameof(PunctuationAfter8)];

    /// <summary>Format characters that Unicode 8.0 did not have.</summary>
    public static CodePointSet FormatAfter8 => Sets.Value[nameof(FormatAfter8)];

    /// <summary>Marks without a place of their own that Unicode 8.0 did not have.</summary>
    public static CodePointSet NonSpacingMarkAfter8 => Sets.Value[nameof(NonSpacingMarkAfter8)];

    /// <summary>Marks that Unicode 9.0 did not have.</summary>
    public static CodePointSet MarkAfter9 => Sets.Value[nameof(MarkAfter9)];
}
