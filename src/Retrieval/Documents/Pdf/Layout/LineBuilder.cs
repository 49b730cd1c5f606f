namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// Puts glyphs together to lines: those that follow each other on a baseline first, then what stands side by side but
/// was drawn at different times. A wide gap ends a line; what follows is another column or cell.
/// </summary>
internal static class LineBuilder
{
    // In parts of the size.
    private const double SameBaseline = 0.3;
    private const double RaisedBaseline = 0.6;
    private const double WidestGap = 1.5;
    private const double WidestGapOverOneSpace = 3;
    private const double WidestGapOfStrangers = 1;
    private const double Backward = 0.3;

    /// <summary>The lines that glyphs of one direction make, in the content's order.</summary>
    public static List<TextLine> Build(List<Glyph> glyphs, ReadingBudget budget)
    {
        List<TextLine> lines = [];
        List<Glyph> strays = [];
        TextLine? line = null;
        foreach (Glyph glyph in glyphs)
        {
            if (glyph.IsSpace)
            {
                if (line is not null && SameLine(line, glyph) && glyph.Start > line.End - (Backward * line.Size)
                    && glyph.Start < line.End + (WidestGap * line.Size))
                {
                    line.Add(glyph);
                }
                else
                {
                    strays.Add(glyph);
                }
            }
            else if (line is not null && Continues(line, glyph))
            {
                line.Add(glyph);
            }
            else
            {
                line = new TextLine(glyph);
                lines.Add(line);
            }
        }

        budget.Check();
        lines = Merged(lines, budget);
        AddStrays(lines, strays, budget);
        foreach (TextLine built in lines)
        {
            built.Close();
        }

        lines.RemoveAll(built => built.IsBlank);
        return [.. lines.OrderBy(built => built.Order)];
    }

    private static bool SameLine(TextLine line, Glyph glyph) =>
        Math.Abs(glyph.Baseline - line.Baseline) <= SameBaseline * Math.Max(line.Size, glyph.Size);

    private static bool Continues(TextLine line, Glyph glyph)
    {
        double size = Math.Max(line.Size, glyph.Size);
        double gap = glyph.Start - line.End;
        double offset = Math.Abs(glyph.Baseline - line.Baseline);
        if (gap < -Backward * size)
        {
            return false;
        }

        if (offset > SameBaseline * size)
        {
            bool isRaised = Math.Min(line.Size, glyph.Size) < size * 0.85;
            return isRaised && offset <= RaisedBaseline * size && gap < WidestGap / 3 * size;
        }

        Glyph last = line.Last;
        double widest = last.Sequence == glyph.Sequence ? WidestGap : WidestGapOfStrangers;
        if (gap <= widest * Math.Min(line.Size, glyph.Size))
        {
            return true;
        }

        return last.IsSpace && gap <= WidestGapOverOneSpace * size && glyph.Start - last.End < 0.2 * size
            && last.Start - line.End < 0.2 * size;
    }

    // Lines whose baselines lie close together, from left to right.
    private static List<TextLine> Merged(List<TextLine> lines, ReadingBudget budget)
    {
        List<TextLine> result = [];
        foreach (List<TextLine> row in Rows(lines))
        {
            budget.Check();
            row.Sort((a, b) => a.Start.CompareTo(b.Start));
            TextLine? before = null;
            foreach (TextLine line in row)
            {
                double size = before is null ? 0 : Math.Min(before.Size, line.Size);
                double gap = before is null ? 0 : line.Start - before.End;
                bool alike = before is not null && size > Math.Max(before.Size, line.Size) * 0.8;
                if (before is not null && alike
                    && ((gap > -Backward * size && gap < WidestGapOfStrangers * size) || before.HasRoomFor(line)))
                {
                    before.Add(line);
                }
                else
                {
                    result.Add(line);
                    before = line;
                }
            }
        }

        return result;
    }

    /// <summary>Lines that share a baseline, from the top down.</summary>
    public static IEnumerable<List<TextLine>> Rows(IEnumerable<TextLine> lines)
    {
        List<TextLine> row = [];
        foreach (TextLine line in lines.OrderByDescending(line => line.Baseline))
        {
            if (row.Count > 0 && row[0].Baseline - line.Baseline > SameBaseline * Math.Min(row[0].Size, line.Size))
            {
                yield return row;
                row = [];
            }

            row.Add(line);
        }

        if (row.Count > 0)
        {
            yield return row;
        }
    }

    // Spaces that were drawn before or after the words around them.
    private static void AddStrays(List<TextLine> lines, List<Glyph> strays, ReadingBudget budget)
    {
        if (strays.Count == 0)
        {
            return;
        }

        const double Bucket = 4;
        ILookup<long, TextLine> byHeight = lines.ToLookup(line => (long)Math.Floor(line.Baseline / Bucket));
        foreach (Glyph space in strays)
        {
            budget.Check();
            long middle = (long)Math.Floor(space.Baseline / Bucket);
            TextLine? owner = null;
            for (long at = middle - 1; at <= middle + 1 && owner is null; at++)
            {
                owner = byHeight[at].FirstOrDefault(line => SameLine(line, space)
                    && space.Start > line.Start - (0.3 * line.Size) && space.Start < line.End + (0.5 * line.Size));
            }

            owner?.Add(space);
        }
    }
}
