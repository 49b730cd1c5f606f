using System.Globalization;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Methods of strings that ask something. Positions are in code points.</summary>
internal static class StringQueries
{
    internal static readonly Builtin[] All =
    [
        new("find(self, sub, start=None, end=None)", a => Find(a, fromEnd: false) ?? -1L),
        new("rfind(self, sub, start=None, end=None)", a => Find(a, fromEnd: true) ?? -1L),
        new("index(self, sub, start=None, end=None)", a => Find(a, fromEnd: false) ?? throw NotFound()),
        new("rindex(self, sub, start=None, end=None)", a => Find(a, fromEnd: true) ?? throw NotFound()),
        new("count(self, sub, start=None, end=None)", a => Part(a) is { } part
            ? (long)TextSearch.CountOf(part.Text, StringMethods.Text(a[1]))
            : 0L),
        new("startswith(self, prefix, start=None, end=None)", a => Matches(a, (text, prefix) => text.StartsWith(prefix, StringComparison.Ordinal))),
        new("endswith(self, suffix, start=None, end=None)", a => Matches(a, (text, suffix) => text.EndsWith(suffix, StringComparison.Ordinal))),
        new("islower(self)", a => CaseMapping.IsLower(StringMethods.Text(a[0]))),
        new("isupper(self)", a => CaseMapping.IsUpper(StringMethods.Text(a[0]))),
        new("istitle(self)", a => CaseMapping.IsTitle(StringMethods.Text(a[0]))),
        new("isspace(self)", a => StringMethods.Text(a[0]) is { Length: > 0 } text && Whitespace.IsAll(text)),
        Every("isalpha(self)", IsLetter),
        Every("isalnum(self)", point => IsLetter(point) || IsNumeric(point)),
        Every("isdigit(self)", point => CharUnicodeInfo.GetDigitValue(Utf16(point), 0) >= 0),
        Every("isdecimal(self)", point => CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.DecimalDigitNumber),
        Every("isnumeric(self)", IsNumeric),
        new("isprintable(self)", a => CodePoints.Of(StringMethods.Text(a[0])).All(Printer.IsPrintable)),
        new("isascii(self)", a => StringMethods.Text(a[0]).All(char.IsAscii)),
        new("isidentifier(self)", a => IsIdentifier(CodePoints.Of(StringMethods.Text(a[0])))),
    ];

    private static ChatTemplateException NotFound() => ChatTemplateException.Value("substring not found");

    private static Builtin Every(string signature, Func<int, bool> isRight) => new(signature, a =>
        CodePoints.Of(StringMethods.Text(a[0])) is { Length: > 0 } points && points.All(isRight));

    private static string Utf16(int point) => CodePoints.ToText([point]);

    private static bool IsLetter(int point) => CharUnicodeInfo.GetUnicodeCategory(point)
        is >= UnicodeCategory.UppercaseLetter and <= UnicodeCategory.OtherLetter;

    private static bool IsNumeric(int point) => CharUnicodeInfo.GetNumericValue(Utf16(point), 0) >= 0
        || CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsIdentifier(int[] points) => points.Length > 0
        && (points[0] == '_' || IsLetter(points[0]))
        && points.All(point => point == '_' || IsLetter(point) || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation);

    // The part between start and end (arguments 2 and 3); none when the start lies behind the end.
    private static (string Text, int Start)? Part(object?[] a)
    {
        string text = StringMethods.Text(a[0]);
        if (a[2] is null && a[3] is null)
        {
            return (text, 0);
        }

        int length = CodePoints.Count(text);
        int start = Bound(a[2], 0, length);
        int end = Math.Min(Bound(a[3], length, length), length);
        return start > end
            ? null
            : (CodePoints.Slice(text, (long)start, (long)end, null), start);
    }

    private static int Bound(object? value, int fallback, int length)
    {
        int bound = value is null ? fallback : Numbers.ToCount(value, "slice indices");
        return bound < 0 ? (int)Math.Max(0, (long)bound + length) : bound;
    }

    private static object? Find(object?[] a, bool fromEnd)
    {
        string sub = StringMethods.Text(a[1]);
        if (Part(a) is not var (text, start))
        {
            return null;
        }

        int at = fromEnd ? LastIndexOf(text, sub) : text.IndexOf(sub, StringComparison.Ordinal);
        return at < 0 ? null : (long)start + CodePoints.Count(text.AsSpan(0, at));
    }

    private static int LastIndexOf(string text, string sub) =>
        sub.Length == 0 ? text.Length : text.LastIndexOf(sub, StringComparison.Ordinal);

    private static object? Matches(object?[] a, Func<string, string, bool> matches)
    {
        IReadOnlyList<object?> options = a[1] is TupleValue several ? several.Items : [a[1]];
        return Part(a) is var (text, _) && options.Any(option => matches(text, StringMethods.Text(option)));
    }
}
