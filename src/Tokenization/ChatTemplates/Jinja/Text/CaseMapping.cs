using System.Globalization;
using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>
/// Upper, lower and title case as Python maps them. .NET maps one character to one; Unicode's SpecialCasing.txt gives
/// some more than one, and its final sigma depends on what stands around it.
/// </summary>
internal static class CaseMapping
{
    // Characters whose upper case is longer (SpecialCasing.txt, the unconditional mappings).
    private const string LongUpper =
        "\u00df=SS \u0149=\u02bcN \u01f0=J\u030c \u0390=\u0399\u0308\u0301 \u03b0=\u03a5\u0308\u0301 "
        + "\u0587=\u0535\u0552 \u1e96=H\u0331 \u1e97=T\u0308 \u1e98=W\u030a \u1e99=Y\u030a \u1e9a=A\u02be "
        + "\u1f50=\u03a5\u0313 \u1f52=\u03a5\u0313\u0300 \u1f54=\u03a5\u0313\u0301 \u1f56=\u03a5\u0313\u0342 "
        + "\u1f80=\u1f08\u0399 \u1f81=\u1f09\u0399 \u1f82=\u1f0a\u0399 \u1f83=\u1f0b\u0399 \u1f84=\u1f0c\u0399 "
        + "\u1f85=\u1f0d\u0399 \u1f86=\u1f0e\u0399 \u1f87=\u1f0f\u0399 \u1f88=\u1f08\u0399 \u1f89=\u1f09\u0399 "
        + "\u1f8a=\u1f0a\u0399 \u1f8b=\u1f0b\u0399 \u1f8c=\u1f0c\u0399 \u1f8d=\u1f0d\u0399 \u1f8e=\u1f0e\u0399 "
        + "\u1f8f=\u1f0f\u0399 \u1f90=\u1f28\u0399 \u1f91=\u1f29\u0399 \u1f92=\u1f2a\u0399 \u1f93=\u1f2b\u0399 "
        + "\u1f94=\u1f2c\u0399 \u1f95=\u1f2d\u0399 \u1f96=\u1f2e\u0399 \u1f97=\u1f2f\u0399 \u1f98=\u1f28\u0399 "
        + "\u1f99=\u1f29\u0399 \u1f9a=\u1f2a\u0399 \u1f9b=\u1f2b\u0399 \u1f9c=\u1f2c\u0399 \u1f9d=\u1f2d\u0399 "
        + "\u1f9e=\u1f2e\u0399 \u1f9f=\u1f2f\u0399 \u1fa0=\u1f68\u0399 \u1fa1=\u1f69\u0399 \u1fa2=\u1f6a\u0399 "
        + "\u1fa3=\u1f6b\u0399 \u1fa4=\u1f6c\u0399 \u1fa5=\u1f6d\u0399 \u1fa6=\u1f6e\u0399 \u1fa7=\u1f6f\u0399 "
        + "\u1fa8=\u1f68\u0399 \u1fa9=\u1f69\u0399 \u1faa=\u1f6a\u0399 \u1fab=\u1f6b\u0399 \u1fac=\u1f6c\u0399 "
        + "\u1fad=\u1f6d\u0399 \u1fae=\u1f6e\u0399 \u1faf=\u1f6f\u0399 \u1fb2=\u1fba\u0399 \u1fb3=\u0391\u0399 "
        + "\u1fb4=\u0386\u0399 \u1fb6=\u0391\u0342 \u1fb7=\u0391\u0342\u0399 \u1fbc=\u0391\u0399 "
        + "\u1fc2=\u1fca\u0399 \u1fc3=\u0397\u0399 \u1fc4=\u0389\u0399 \u1fc6=\u0397\u0342 "
        + "\u1fc7=\u0397\u0342\u0399 \u1fcc=\u0397\u0399 \u1fd2=\u0399\u0308\u0300 \u1fd3=\u0399\u0308\u0301 "
        + "\u1fd6=\u0399\u0342 \u1fd7=\u0399\u0308\u0342 \u1fe2=\u03a5\u0308\u0300 \u1fe3=\u03a5\u0308\u0301 "
        + "\u1fe4=\u03a1\u0313 \u1fe6=\u03a5\u0342 \u1fe7=\u03a5\u0308\u0342 \u1ff2=\u1ffa\u0399 "
        + "\u1ff3=\u03a9\u0399 \u1ff4=\u038f\u0399 \u1ff6=\u03a9\u0342 \u1ff7=\u03a9\u0342\u0399 "
        + "\u1ffc=\u03a9\u0399 \ufb00=FF \ufb01=FI \ufb02=FL \ufb03=FFI \ufb04=FFL \ufb05=ST \ufb06=ST "
        + "\ufb13=\u0544\u0546 \ufb14=\u0544\u0535 \ufb15=\u0544\u053b \ufb16=\u054e\u0546 \ufb17=\u0544\u053d";

    // Letters that hold two, with a form of their own for title case.
    private const string Digraphs = "\u01c4\u01c5\u01c6 \u01c7\u01c8\u01c9 \u01ca\u01cb\u01cc \u01f1\u01f2\u01f3";

    private const int Sigma = 0x3A3;
    private const int FinalSigma = 0x3C2;
    private const int DottedCapitalI = 0x130;

    private static readonly Dictionary<int, string> LongUpperOf =
        LongUpper.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => (int)pair[0][0], pair => pair[1]);

    internal static string Upper(string text) => Map(text, (_, _, point) => UpperOf(point));

    internal static string Lower(string text) => Map(text, LowerAt);

    /// <summary>The first character in title case, all others in lower case.</summary>
    internal static string Capitalize(string text) =>
        Map(text, (points, index, point) => index == 0 ? TitleOf(point) : LowerAt(points, index, point));

    /// <summary>Each word's first letter in title case; whatever has no case ends a word.</summary>
    internal static string Title(string text) => Map(text, (points, index, point) =>
        index > 0 && IsCased(points[index - 1]) ? LowerAt(points, index, point) : TitleOf(point));

    internal static string SwapCase(string text) => Map(text, (points, index, point) =>
        IsUpperPoint(point) ? LowerAt(points, index, point) : IsLowerPoint(point) ? UpperOf(point) : null);

    /// <summary>For comparing without case.</summary>
    internal static string Fold(string text) =>
        Map(text, (_, _, point) => LongUpperOf.TryGetValue(point, out string? upper)
            ? Lower(upper)
            : Rune.IsValid(point) ? Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(point))).ToString() : null);

    /// <summary>Whether there are letters with case, and all of them are lower case.</summary>
    internal static bool IsLower(string text) => IsAllOf(text, IsLowerPoint);

    /// <summary>Whether there are letters with case, and all of them are upper case.</summary>
    internal static bool IsUpper(string text) => IsAllOf(text, IsUpperPoint);

    /// <summary>Whether upper case letters follow only what has no case, and lower case ones only cased letters.</summary>
    internal static bool IsTitle(string text)
    {
        bool afterCased = false;
        bool found = false;
        foreach (int point in CodePoints.Of(text))
        {
            bool isUpper = IsUpperPoint(point) || CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.TitlecaseLetter;
            if ((isUpper && afterCased) || (IsLowerPoint(point) && !afterCased))
            {
                return false;
            }

            afterCased = IsCased(point);
            found |= afterCased;
        }

        return found;
    }

    private static string Map(string text, Func<int[], int, int, string?> map)
    {
        RenderBudget.Text(text);
        int[] points = CodePoints.Of(text);
        StringBuilder mapped = new(text.Length);
        for (int i = 0; i < points.Length; i++)
        {
            if (map(points, i, points[i]) is { } replacement)
            {
                mapped.Append(replacement);
            }
            else
            {
                CodePoints.Append(mapped, points[i]);
            }
        }

        return mapped.ToString();
    }

    private static string? UpperOf(int point) =>
        LongUpperOf.TryGetValue(point, out string? upper) ? upper : Simple(point, Rune.ToUpperInvariant);

    private static string? TitleOf(int point)
    {
        int digraph = point <= char.MaxValue ? Digraphs.IndexOf((char)point, StringComparison.Ordinal) : -1;
        if (digraph >= 0 && point != ' ')
        {
            return Digraphs[((digraph / 4) * 4) + 1].ToString();
        }

        string? upper = UpperOf(point);
        return upper is { Length: > 1 } && LongUpperOf.ContainsKey(point) ? upper[0] + Lower(upper[1..]) : upper;
    }

    private static string? LowerAt(int[] points, int index, int point) => point switch
    {
        Sigma when IsFinal(points, index) => ((char)FinalSigma).ToString(),
        DottedCapitalI => "i\u0307",
        _ => Simple(point, Rune.ToLowerInvariant),
    };

    private static string? Simple(int point, Func<Rune, Rune> map) => Rune.IsValid(point) ? map(new Rune(point)).ToString() : null;

    // A sigma at the end of a word: a letter before it and none after, whatever else stands between.
    private static bool IsFinal(int[] points, int index)
    {
        int before = index - 1;
        while (before >= 0 && IsIgnored(points[before]))
        {
            before--;
        }

        int after = index + 1;
        while (after < points.Length && IsIgnored(points[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(points[before]) && (after == points.Length || !IsCased(points[after]));
    }

    private static bool IsIgnored(int point) => point is '\'' or '.' or ':' or '^' or '`' or 0xB7 or 0x2018 or 0x2019
        || CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static bool IsAllOf(string text, Func<int, bool> isRight)
    {
        bool found = false;
        foreach (int point in CodePoints.Of(text))
        {
            if (IsCased(point) && !isRight(point))
            {
                return false;
            }

            found |= isRight(point);
        }

        return found;
    }

    internal static bool IsCased(int point) => CharUnicodeInfo.GetUnicodeCategory(point)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsLowerPoint(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.LowercaseLetter || point is 0xAA or 0xBA;

    private static bool IsUpperPoint(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.UppercaseLetter;
}
