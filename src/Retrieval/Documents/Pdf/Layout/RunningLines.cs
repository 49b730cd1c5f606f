using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// Headers and footers that run through the pages: the outermost lines that stand at the same place of most pages with
/// the same text, or a text that differs by the page's number. They are taken out where other text remains.
/// </summary>
internal static partial class RunningLines
{
    private const int FewPages = 3;
    private const double MostPages = 0.6;
    private const int Outermost = 2;
    private const int LeastOther = 2;
    private const double Place = 3;

    /// <summary>Takes them out of the lines of every page.</summary>
    public static void Remove(IReadOnlyList<List<TextLine>> pages)
    {
        if (pages.Count < FewPages)
        {
            return;
        }

        Dictionary<string, int> counts = [];
        for (int page = 0; page < pages.Count; page++)
        {
            foreach (string key in Candidates(pages[page]).SelectMany(line => Keys(line, page)).Distinct())
            {
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        int least = Math.Max(FewPages, (int)Math.Ceiling(pages.Count * MostPages));
        for (int page = 0; page < pages.Count; page++)
        {
            HashSet<TextLine> running =
            [
                .. Candidates(pages[page]).Where(line => Keys(line, page).Any(key => counts.GetValueOrDefault(key) >= least)),
            ];
            if (running.Count > 0 && pages[page].Count - running.Count >= LeastOther)
            {
                pages[page].RemoveAll(running.Contains);
            }
        }
    }

    private static IEnumerable<TextLine> Candidates(List<TextLine> lines)
    {
        if (lines.Count <= Outermost)
        {
            return [];
        }

        double[] heights = [.. lines.Select(line => Math.Round(line.Baseline)).Distinct().Order()];
        double low = heights[Math.Min(Outermost, heights.Length) - 1];
        double high = heights[^Math.Min(Outermost, heights.Length)];
        return lines.Where(line => (line.Baseline <= low + 0.5 || line.Baseline >= high - 0.5) && line.Text.Length <= 200);
    }

    // The text as it is, and with each number in turn as its distance to the page's.
    private static IEnumerable<string> Keys(TextLine line, int page)
    {
        string place = Math.Round(line.Baseline / Place).ToString(CultureInfo.InvariantCulture);
        yield return $"{place}|{line.Text}";
        foreach (Match match in Number().Matches(line.Text).Take(FewPages))
        {
            int distance = int.Parse(match.ValueSpan, CultureInfo.InvariantCulture) - page;
            yield return $"{place}|{line.Text[..match.Index]}\0{distance}\0{line.Text[(match.Index + match.Length)..]}";
        }
    }

    [GeneratedRegex(@"(?<![\p{L}\d.,-])[0-9]{1,5}(?![\p{L}\d,-])")]
    private static partial Regex Number();
}
