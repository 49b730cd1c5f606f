using System.Globalization;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>The sets that regular expressions name.</summary>
internal static class UnicodeSets
{
    private static readonly Lazy<CodePointSet[]> Categories = new(FindCategories);

    private static readonly (string Short, string Long, UnicodeCategory[] Categories)[] CategoryNames =
    [
        ("l", "letter", [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter, UnicodeCategory.ModifierLetter, UnicodeCategory.OtherLetter]),
        ("lc", "casedletter", [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter]),
        ("lu", "uppercaseletter", [UnicodeCategory.UppercaseLetter]),
        ("ll", "lowercaseletter", [UnicodeCategory.LowercaseLetter]),
        ("lt", "titlecaseletter", [UnicodeCategory.TitlecaseLetter]),
        ("lm", "modifierletter", [UnicodeCategory.ModifierLetter]),
        ("lo", "otherletter", [UnicodeCategory.OtherLetter]),
        ("m", "mark", [UnicodeCategory.NonSpacingMark, UnicodeCategory.SpacingCombiningMark, UnicodeCategory.EnclosingMark]),
        ("mn", "nonspacingmark", [UnicodeCategory.NonSpacingMark]),
        ("mc", "spacingmark", [UnicodeCategory.SpacingCombiningMark]),
        ("me", "enclosingmark", [UnicodeCategory.EnclosingMark]),
        ("n", "number", [UnicodeCategory.DecimalDigitNumber, UnicodeCategory.LetterNumber, UnicodeCategory.OtherNumber]),
        ("nd", "decimalnumber", [UnicodeCategory.DecimalDigitNumber]),
        ("nl", "letternumber", [UnicodeCategory.LetterNumber]),
        ("no", "othernumber", [UnicodeCategory.OtherNumber]),
        ("p", "punctuation", [UnicodeCategory.ConnectorPunctuation, UnicodeCategory.DashPunctuation, UnicodeCategory.OpenPunctuation, UnicodeCategory.ClosePunctuation, UnicodeCategory.InitialQuotePunctuation, UnicodeCategory.FinalQuotePunctuation, UnicodeCategory.OtherPunctuation]),
        ("pc", "connectorpunctuation", [UnicodeCategory.ConnectorPunctuation]),
        ("pd", "dashpunctuation", [UnicodeCategory.DashPunctuation]),
        ("ps", "openpunctuation", [UnicodeCategory.OpenPunctuation]),
        ("pe", "closepunctuation", [UnicodeCategory.ClosePunctuation]),
        ("pi", "initialpunctuation", [UnicodeCategory.InitialQuotePunctuation]),
        ("pf", "finalpunctuation", [UnicodeCategory.FinalQuotePunctuation]),
        ("po", "otherpunctuation", [UnicodeCategory.OtherPunctuation]),
        ("s", "symbol", [UnicodeCategory.MathSymbol, UnicodeCategory.CurrencySymbol, UnicodeCategory.ModifierSymbol, UnicodeCategory.OtherSymbol]),
        ("sm", "mathsymbol", [UnicodeCategory.MathSymbol]),
        ("sc", "currencysymbol", [UnicodeCategory.CurrencySymbol]),
        ("sk", "modifiersymbol", [UnicodeCategory.ModifierSymbol]),
        ("so", "othersymbol", [UnicodeCategory.OtherSymbol]),
        ("z", "separator", [UnicodeCategory.SpaceSeparator, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator]),
        ("zs", "spaceseparator", [UnicodeCategory.SpaceSeparator]),
        ("zl", "lineseparator", [UnicodeCategory.LineSeparator]),
        ("zp", "paragraphseparator", [UnicodeCategory.ParagraphSeparator]),
        ("c", "other", [UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.Surrogate, UnicodeCategory.PrivateUse, UnicodeCategory.OtherNotAssigned]),
        ("cc", "control", [UnicodeCategory.Control]),
        ("cf", "format", [UnicodeCategory.Format]),
        ("cs", "surrogate", [UnicodeCategory.Surrogate]),
        ("co", "privateuse", [UnicodeCategory.PrivateUse]),
        ("cn", "unassigned", [UnicodeCategory.OtherNotAssigned]),
    ];

    public static CodePointSet Newline { get; } = CodePointSet.Of('\n');

    /// <summary>What <c>\R</c> matches, but for the pair \r\n.</summary>
    public static CodePointSet LineBreaks { get; } = CodePointSet.Parse("A-D 85 2028-2029");

    public static CodePointSet HexDigit { get; } = CodePointSet.Parse("30-39 41-46 61-66");

    public static CodePointSet Space { get; } = CodePointSet.Parse("9-D 20 85 A0 1680 2000-200A 2028-2029 202F 205F 3000");

    public static CodePointSet Digit => Category("nd");

    /// <summary><c>\w</c> as Oniguruma has it outside of classes: superscripts and fractions of Latin-1 belong to it.</summary>
    public static CodePointSet Word => LazyWord.Value;

    /// <summary><c>\w</c> as Oniguruma has it within classes and as a property: without those.</summary>
    public static CodePointSet WordInClass => LazyWordInClass.Value;

    /// <summary>Letters, letter-like numbers and the marks and signs that Unicode calls alphabetic.</summary>
    public static CodePointSet Alphabetic => LazyAlphabetic.Value;

    private static Lazy<CodePointSet> LazyWord { get; } =
        new(() => WordInClass.Union(CodePointSet.Parse("B2-B3 B9 BC-BE")));

    private static Lazy<CodePointSet> LazyWordInClass { get; } = new(() =>
        Category("l").Union(Category("m")).Union(Category("nd")).Union(Category("nl")).Union(Category("pc"))
            .Union(CodePointSet.Parse("24B6-24E9 1F130-1F149 1F150-1F169 1F170-1F189")));

    private static Lazy<CodePointSet> LazyAlphabetic { get; } = new(() =>
        Category("l").Union(Category("nl")).Union(UnicodeRanges.OtherAlphabetic));

    /// <summary>The set of a general category, script or other property; null: unknown. Case, spaces, - and _ do not matter.</summary>
    public static CodePointSet? FindProperty(string name)
    {
        string key = string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        foreach ((string shortName, string longName, UnicodeCategory[] categories) in CategoryNames)
        {
            if (key == shortName || key == longName)
            {
                return Union(categories);
            }
        }

        return key switch
        {
            "any" => CodePointSet.All,
            "assigned" => Category("cn").Complement(),
            "ascii" => CodePointSet.Range(0, 0x7F),
            "alphabetic" => Alphabetic,
            "whitespace" => Space,
            "emoji" => UnicodeRanges.Emoji,
            _ => FindPosixClass(key) ?? Scripts.Find(key),
        };
    }

    /// <summary>The set of a POSIX class, or null when there is none of that name.</summary>
    public static CodePointSet? FindPosixClass(string name) => name switch
    {
        "alnum" => Alphabetic.Union(Digit),
        "alpha" => Alphabetic,
        "ascii" => CodePointSet.Range(0, 0x7F),
        "blank" => Category("zs").Union(CodePointSet.Of('\t')),
        "cntrl" => Category("cc"),
        "digit" => Digit,
        "graph" => Space.Union(Category("cc")).Union(Category("cn")).Union(Category("cs")).Complement(),
        "lower" => Category("ll").Union(UnicodeRanges.OtherLowercase),
        "print" => Category("zl").Union(Category("zp")).Union(Category("cc")).Union(Category("cn")).Union(Category("cs")).Complement(),
        "punct" => Category("p").Union(Category("s")),
        "space" => Space,
        "upper" => Category("lu").Union(UnicodeRanges.OtherUppercase),
        "word" => WordInClass,
        "xdigit" => HexDigit,
        _ => null,
    };

    private static CodePointSet Category(string name) =>
        Union(CategoryNames.First(entry => entry.Short == name).Categories);

    private static CodePointSet Union(UnicodeCategory[] categories) => categories.Aggregate(
        CodePointSet.Empty,
        (set, category) => set.Union(Categories.Value[(int)category]));

    private static CodePointSet[] FindCategories()
    {
        var ranges = new List<(int, int)>[(int)UnicodeCategory.OtherNotAssigned + 1];
        Array.ForEach(Enumerable.Range(0, ranges.Length).ToArray(), i => ranges[i] = []);
        int start = 0;
        for (int codePoint = 1; codePoint <= CodePointSet.Last + 1; codePoint++)
        {
            UnicodeCategory category = CharacterSets.Category(start);
            if (codePoint > CodePointSet.Last || CharacterSets.Category(codePoint) != category)
            {
                ranges[(int)category].Add((start, codePoint - 1));
                start = codePoint;
            }
        }

        return [.. ranges.Select(CodePointSet.Of)];
    }
}
