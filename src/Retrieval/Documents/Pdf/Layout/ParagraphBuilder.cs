namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// Puts lines together to paragraphs: by the distance of lines, their size and weight, where they begin, and whether the
/// next line's first word would have had room on the line above.
/// </summary>
internal sealed class ParagraphBuilder(int page)
{
    // In parts of the size, or of the usual distance.
    private const double SameSize = 0.1;
    private const double Indented = 0.8;
    private const double WideDistance = 1.25;
    private const double WidestDistance = 2.5;
    private const double UsualDistance = 1.25;
    private const double LowerQuarter = 0.25;

    /// <summary>The paragraphs and tables of a page.</summary>
    public List<Paragraph> Build(List<PageElement> elements)
    {
        List<Paragraph> result = [];
        double distance = Distance(elements);
        int at = 0;
        while (at < elements.Count)
        {
            if (elements[at].Line is null)
            {
                result.Add(new Paragraph { Page = page, Table = elements[at++] });
                continue;
            }

            int end = at + 1;
            while (end < elements.Count && elements[end].Line is { } next && Flows(elements[end - 1].Line!, next))
            {
                end++;
            }

            AddColumn(result, [.. elements[at..end].Select(element => element.Line!)], distance);
            at = end;
        }

        return result;
    }

    private static bool Flows(TextLine above, TextLine below) =>
        below.Baseline < above.Baseline - (0.3 * below.Size)
        && Math.Min(above.End, below.End) > Math.Max(above.Start, below.Start) - (2 * below.Size);

    // The distance between lines of a paragraph, in parts of the size: a low one of those that occur.
    private static double Distance(List<PageElement> elements)
    {
        List<double> distances = [];
        for (int i = 1; i < elements.Count; i++)
        {
            if (elements[i - 1].Line is { } above && elements[i].Line is { } below && Flows(above, below)
                && SameSizes(above, below) && above.Baseline - below.Baseline < below.Size * WidestDistance)
            {
                distances.Add((above.Baseline - below.Baseline) / below.Size);
            }
        }

        distances.Sort();
        return distances.Count == 0 ? UsualDistance : distances[(int)(distances.Count * LowerQuarter)];
    }

    private void AddColumn(List<Paragraph> result, List<TextLine> lines, double distance)
    {
        double right = lines.Max(line => line.End);
        Paragraph? paragraph = null;
        for (int i = 0; i < lines.Count; i++)
        {
            TextLine line = lines[i];
            ListMarker marker = ListMarkers.Of(line.Text);
            if (paragraph is not null && !Breaks(paragraph, line, marker, distance, right))
            {
                paragraph.Lines.Add(line);
                continue;
            }

            paragraph = new Paragraph { Page = page, Right = right, Marker = marker };
            paragraph.Lines.Add(line);
            result.Add(paragraph);
        }
    }

    private static bool Breaks(Paragraph paragraph, TextLine line, ListMarker marker, double distance, double right)
    {
        TextLine above = paragraph.Lines[^1];
        double step = (above.Baseline - line.Baseline) / line.Size;
        if (!SameSizes(above, line) || step > distance * WideDistance || step > WidestDistance || marker == ListMarker.Bullet)
        {
            return true;
        }

        if (above.IsBold != line.IsBold && (paragraph.IsBold || paragraph.Lines.TrueForAll(one => !one.IsBold)) && above.Text.Length > 1)
        {
            return true;
        }

        bool hangs = paragraph.Marker != ListMarker.None;
        double indent = (line.Start - above.Start) / line.Size;
        bool hasRoom = right - above.End > line.FirstWord + (0.6 * line.Size);
        if (hasRoom)
        {
            return true;
        }

        if (marker != ListMarker.None && paragraph.Marker == marker)
        {
            return true;
        }

        return hangs && paragraph.Lines.Count == 1 ? indent < -Indented : Math.Abs(indent) > Indented && !IsFirstLineOut(paragraph, indent);
    }

    // The second line of a paragraph begins left of an indented first one.
    private static bool IsFirstLineOut(Paragraph paragraph, double indent) => paragraph.Lines.Count == 1 && indent < 0;

    private static bool SameSizes(TextLine one, TextLine other) =>
        Math.Abs(one.Size - other.Size) <= SameSize * Math.Max(one.Size, other.Size);
}
