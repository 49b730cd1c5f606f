using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>What charts and diagrams (SmartArt) say: parts of their own that a slide or a document refers to.</summary>
internal static class GraphicText
{
    // Charts of Office hold at most 255 series; of their points, far fewer than possible are worth reading.
    private const int MaxSeries = 255;
    private const int MaxPoints = 10_000;

    /// <summary>Adds a chart: its title, then a table with a row a category and a column a series.</summary>
    /// <param name="builder">Gets the text.</param>
    /// <param name="owner">The part that refers to the chart.</param>
    /// <param name="reference">The c:chart element with the relation's id.</param>
    public static void AddChart(DocumentTextBuilder builder, OpenXmlPart owner, OpenXmlElement reference)
    {
        if (RootOf(owner, reference.Attribute("id")) is not { } root)
        {
            return;
        }

        OpenXmlElement? title = root.Below("c:title").FirstOrDefault();
        builder.Add(BlockKind.Paragraph, title is null ? string.Empty : Paragraphs(title));
        List<OpenXmlElement> series = [.. root.Below("c:ser").Take(MaxSeries)];
        Dictionary<int, string> categories = series.Select(one => Points(one, "c:cat", "c:xVal")).FirstOrDefault(points => points.Count > 0) ?? [];
        List<Dictionary<int, string>> values = [.. series.Select(one => Points(one, "c:val", "c:yVal"))];
        int[] indexes = [.. values.SelectMany(points => points.Keys).Concat(categories.Keys).Distinct().Order()];

        // Made one by one, so that the builder's limit comes before the memory is taken.
        builder.AddTable(indexes.Select(Row).Prepend(([(string.Empty, null), .. series.Select(one => (Texts(one.Child("c:tx")), (string?)null))], true)));

        (IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader) Row(int index) =>
            ([(categories.GetValueOrDefault(index, string.Empty), null),
                .. values.Select(points => (points.GetValueOrDefault(index, string.Empty), (string?)null))], false);
    }

    /// <summary>Adds a diagram: a list of what its points say.</summary>
    /// <param name="builder">Gets the text.</param>
    /// <param name="owner">The part that refers to the diagram.</param>
    /// <param name="reference">The dgm:relIds element.</param>
    public static void AddDiagram(DocumentTextBuilder builder, OpenXmlPart owner, OpenXmlElement reference)
    {
        if (RootOf(owner, reference.Attribute("dm")) is not { } root)
        {
            return;
        }

        foreach (OpenXmlElement point in root.Below("dgm:pt"))
        {
            builder.Add(BlockKind.Item, Paragraphs(point));
        }
    }

    // The text of all a:p below, a line each.
    private static string Paragraphs(OpenXmlElement element) =>
        string.Join('\n', element.Below("a:p").Select(paragraph => string.Concat(paragraph.Below("a:t").Select(run => run.InnerText))));

    private static OpenXmlPartRootElement? RootOf(OpenXmlPart owner, string? id) =>
        id is not null && owner.TryGetPartById(id, out OpenXmlPart? part) ? part.RootElement : null;

    private static string Texts(OpenXmlElement? element) =>
        element is null ? string.Empty : string.Join(' ', element.Below("c:v").Select(value => value.InnerText));

    private static Dictionary<int, string> Points(OpenXmlElement series, string name, string otherName)
    {
        Dictionary<int, string> points = [];
        OpenXmlElement? source = series.Child(name) ?? series.Child(otherName);
        foreach (OpenXmlElement point in source?.Below("c:pt").Take(MaxPoints) ?? [])
        {
            if (point.Number("idx") is { } index)
            {
                points.TryAdd(index, string.Join(' ', point.Below("c:v").Select(Shown)));
            }
        }

        return points;
    }

    // Values are stored with all their digits: 4.2999999999999998 is 4.3.
    private static string Shown(OpenXmlElement value) =>
        double.TryParse(value.InnerText, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && value.InnerText.Length > 15
            ? number.ToString("G15", CultureInfo.InvariantCulture)
            : value.InnerText;
}
