using System.Text;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>
/// How texts are compared: composed, ligatures as letters, invisible characters dropped, every run of white space one
/// space, trimmed. (string.Normalize does nothing without ICU, so that composition is done here: Hangul by its formula,
/// Latin letters by a table.)
/// </summary>
internal static class GoldenText
{
    private const string Marks = "\u0300\u0301\u0302\u0303\u0308\u030A\u030B\u030C\u0327\u0328\u0306\u0304\u0307";

    // Per mark: base letters, then the composed ones in the same order.
    private static readonly string[] Composed =
    [
        "AEIOUaeiouNn:ÀÈÌÒÙàèìòùǸǹ",
        "AEIOUYaeiouyCcNnSsZzLlRr:ÁÉÍÓÚÝáéíóúýĆćŃńŚśŹźĹĺŔŕ",
        "AEIOUaeiouCcGgHhJjSsWwYy:ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ",
        "ANOanoIiUu:ÃÑÕãñõĨĩŨũ",
        "AEIOUYaeiouy:ÄËÏÖÜŸäëïöüÿ",
        "AaUu:ÅåŮů",
        "OoUu:ŐőŰű",
        "CcDEeNnRrSsTZz:ČčĎĚěŇňŘřŠšŤŽž",
        "CcSsTtGKkLlNnRr:ÇçŞşŢţĢĶķĻļŅņŖŗ",
        "AaEeIiUu:ĄąĘęĮįŲų",
        "AaGgUuEeIiOo:ĂăĞğŬŭĔĕĬĭŎŏ",
        "AaEeIiOoUu:ĀāĒēĪīŌōŪū",
        "CcEeGgIZz:ĊċĖėĠġİŻż",
    ];

    /// <summary>The text as it is compared.</summary>
    public static string Normalize(string text)
    {
        StringBuilder result = new(text.Length);
        bool space = false;
        foreach (char character in text)
        {
            if (character is '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF')
            {
                continue;
            }

            if (char.IsWhiteSpace(character))
            {
                space = true;
                continue;
            }

            if (space && result.Length > 0)
            {
                result.Append(' ');
            }

            space = false;
            if (character is >= '\uFB00' and <= '\uFB04')
            {
                result.Append(new[] { "ff", "fi", "fl", "ffi", "ffl" }[character - '\uFB00']);
            }
            else if (result.Length > 0 && Compose(result[^1], character) is { } composed)
            {
                result[^1] = composed;
            }
            else
            {
                result.Append(character);
            }
        }

        return result.ToString();
    }

    /// <summary>A normalised text without spaces.</summary>
    public static string WithoutSpaces(string normalized) => normalized.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>A normalised text without spaces and hyphens.</summary>
    public static string WithoutHyphens(string normalized) =>
        string.Concat(normalized.Where(character => character is not (' ' or '-' or '\u2010' or '\u2011')));

    private static char? Compose(char first, char second)
    {
        if (first is >= '\u1100' and <= '\u1112' && second is >= '\u1161' and <= '\u1175')
        {
            return (char)(0xAC00 + (((first - 0x1100) * 21) + (second - 0x1161)) * 28);
        }

        if (first is >= '\uAC00' and <= '\uD7A3' && (first - 0xAC00) % 28 == 0 && second is >= '\u11A8' and <= '\u11C2')
        {
            return (char)(first + (second - 0x11A7));
        }

        int mark = Marks.IndexOf(second, StringComparison.Ordinal);
        if (mark >= 0)
        {
            string[] letters = Composed[mark].Split(':');
            int letter = letters[0].IndexOf(first, StringComparison.Ordinal);
            return letter >= 0 ? letters[1][letter] : null;
        }

        return null;
    }
}
