namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>
/// A kind of part that is read, and the kinds below it. Everything else in a package (pictures, themes, settings, embedded
/// files, templates, whatever a file adds) is never unpacked; the tree's fixed depth also bounds how far parts may lead to parts.
/// </summary>
/// <param name="Relationship">The last word of the relation's type.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="MaxBytes">How large it may be, where it is held in memory as a whole.</param>
/// <param name="Below">What it may lead to.</param>
internal sealed record OfficePartKind(string Relationship, string ContentType, long MaxBytes, params OfficePartKind[] Below)
{
    // Elements in memory take about ten times their bytes. Parts of any size are read piece by piece.
    private const long Whole = 16L << 20;
    private const string Prefix = "application/vnd.openxmlformats-officedocument.";

    private static readonly OfficePartKind Chart = Part("chart", "drawingml.chart", Whole);
    private static readonly OfficePartKind Diagram = Part("diagramData", "drawingml.diagramData", Whole);

    /// <summary>The main part of a Word document.</summary>
    public static OfficePartKind Document { get; } = Part(
        "officeDocument",
        "wordprocessingml.document.main",
        long.MaxValue,
        Part("styles", "wordprocessingml.styles", long.MaxValue),
        Part("numbering", "wordprocessingml.numbering", long.MaxValue),
        Part("footnotes", "wordprocessingml.footnotes", Whole),
        Part("endnotes", "wordprocessingml.endnotes", Whole),
        Chart,
        Diagram);

    /// <summary>The main part of a presentation.</summary>
    public static OfficePartKind Presentation { get; } = Part(
        "officeDocument",
        "presentationml.presentation.main",
        Whole,
        Part("slide", "presentationml.slide", Whole, Part("notesSlide", "presentationml.notesSlide", Whole), Chart, Diagram));

    /// <summary>The main part of a workbook.</summary>
    public static OfficePartKind Workbook { get; } = Part(
        "officeDocument",
        "spreadsheetml.sheet.main",
        Whole,
        Part("worksheet", "spreadsheetml.worksheet", long.MaxValue, Part("comments", "spreadsheetml.comments", Whole)),
        Part("sharedStrings", "spreadsheetml.sharedStrings", long.MaxValue),
        Part("styles", "spreadsheetml.styles", Whole));

    private static OfficePartKind Part(string relationship, string contentType, long maxBytes, params OfficePartKind[] below) =>
        new(relationship, $"{Prefix}{contentType}+xml", maxBytes, below);
}
