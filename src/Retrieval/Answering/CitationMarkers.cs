using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>The numbers in brackets that an answer cites passages by: [1], [2][3] or [2, 3].</summary>
internal static partial class CitationMarkers
{
    /// <summary>The numbers that a text cites, each once, in order.</summary>
    public static IReadOnlyList<int> NumbersOf(string text) =>
    [
        .. Marker().Matches(text)
            .SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture))
            .Distinct(),
    ];

    /// <summary>The text without its markers.</summary>
    public static string Remove(string text) => Marker().Replace(text, "");

    /// <summary>How many characters of markers and white space a text begins with; 0 when it begins with no marker.</summary>
    public static int LengthAtStart(ReadOnlySpan<char> text)
    {
        foreach (ValueMatch match in AtStart().EnumerateMatches(text))
        {
            return match.Length;
        }

        return 0;
    }

    /// <summary>Whether a text may be the beginning of a marker whose rest has not come yet.</summary>
    public static bool MayBegin(ReadOnlySpan<char> text) => Unfinished().IsMatch(text);

    [GeneratedRegex(@"^\s*\[[\d\s,]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Marker();

    [GeneratedRegex(@"^(?:\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+[.。]?", RegexOptions.CultureInvariant)]
    private static partial Regex AtStart();
}
