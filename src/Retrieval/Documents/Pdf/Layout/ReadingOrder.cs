using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// The order in which lines are read. Nearly all writers draw text in that order, columns one after the other, so the
/// content's order is kept, unless it mostly runs upwards; then lines are read from the top down. Lines side by side, row
/// after row, are columns of running text if they fill their width, and otherwise a table.
/// </summary>
internal static partial class ReadingOrder
{
    // In parts of the size.
    private const double SameBaseline = 0.35;
    private const double UpwardsShare = 0.35;
    private const int FewMoves = 4;

    /// <summary>The lines of one direction, in the order of reading.</summary>
    public static IEnumerable<PageElement> Of(List<TextLine> lines)
    {
        List<List<TextLine>> rows = IsScrambled(lines)
            ? [.. LineBuilder.Rows(lines).Select(row => row.OrderBy(line => line.Start).ToList())]
            : InContentOrder(lines);
        foreach (List<TextLine> row in rows)
        {
            JoinMarker(row);
        }

        int at = 0;
        while (at < rows.Count)
        {
            int end = at;
            while (end < rows.Count && (rows[end].Count > 1 || IsBeside(rows, at, end)))
            {
                end++;
            }

            while (end > at && rows[end - 1].Count == 1)
            {
                end--;
            }

            IEnumerable<PageElement> elements = end == at
                ? [new PageElement(rows[at][0], null)]
                : ColumnSplit.Of(rows[at..end]) ?? TableShape.Of(rows[at..end]);
            foreach (PageElement element in elements)
            {
                yield return element;
            }

            at = Math.Max(end, at + 1);
        }
    }

    private static bool IsScrambled(List<TextLine> lines)
    {
        int up = 0;
        int moves = 0;
        for (int i = 1; i < lines.Count; i++)
        {
            TextLine before = lines[i - 1];
            TextLine line = lines[i];
            double overlap = Math.Min(before.End, line.End) - Math.Max(before.Start, line.Start);
            double narrower = Math.Min(before.End - before.Start, line.End - line.Start);
            if (overlap <= narrower / 2 || Math.Abs(line.Baseline - before.Baseline) < line.Size * SameBaseline)
            {
                continue;
            }

            moves++;
            up += line.Baseline > before.Baseline ? 1 : 0;
        }

        return moves >= FewMoves && up > moves * UpwardsShare;
    }

    private static List<List<TextLine>> InContentOrder(List<TextLine> lines)
    {
        List<List<TextLine>> rows = [];
        foreach (TextLine line in lines)
        {
            TextLine? before = rows.Count > 0 ? rows[^1][^1] : null;
            if (before is not null && Math.Abs(before.Baseline - line.Baseline) <= SameBaseline * Math.Min(before.Size, line.Size)
                && line.Start >= before.End - (0.3 * line.Size))
            {
                rows[^1].Add(line);
            }
            else
            {
                rows.Add([line]);
            }
        }

        return rows;
    }

    // A single line between rows of several that stays on one side of all their gaps.
    private static bool IsBeside(List<List<TextLine>> rows, int first, int at)
    {
        if (at == first)
        {
            return false;
        }

        TextLine line = rows[at][0];
        List<TextLine> wide = rows[first];
        double pitch = rows[at - 1][0].Baseline - line.Baseline;
        return pitch > 0 && pitch < line.Size * 2.5
            && wide.Any(cell => line.Start >= cell.Start - line.Size && line.End <= cell.End + line.Size)
            && wide.Count(cell => line.End > cell.Start && line.Start < cell.End) == 1;
    }

    // A bullet or a number and the text behind its tab stop are one line.
    private static void JoinMarker(List<TextLine> row)
    {
        if (row.Count > 1 && Marker().IsMatch(row[0].Text) && row[1].Start - row[0].End < row[1].Size * 5)
        {
            row[0].Join(row[1]);
            row.RemoveAt(1);
        }
    }

    [GeneratedRegex(@"^([•‣◦▪■□●○◆◇▶►※·∙–—*\-]|\(?\d{1,3}[.)]|\(?[A-Za-z][.)]|[가-하][.)]|[①-⑳]|\d+(\.\d+)+\.?)$")]
    private static partial Regex Marker();
}
