namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>Lines that belong together, or a table.</summary>
internal sealed class Paragraph
{
    /// <summary>Its lines, from the top down; empty for a table.</summary>
    public List<TextLine> Lines { get; } = [];

    /// <summary>The table.</summary>
    public PageElement? Table { get; init; }

    /// <summary>Where its column ends on the right.</summary>
    public double Right { get; init; }

    /// <summary>Its page, from 1.</summary>
    public required int Page { get; init; }

    /// <summary>Whether it begins with a bullet or a number.</summary>
    public ListMarker Marker { get; init; }

    /// <summary>The size of its first line.</summary>
    public double Size => Lines[0].Size;

    /// <summary>Whether all of it is bold.</summary>
    public bool IsBold => Lines.TrueForAll(line => line.IsBold);
}
