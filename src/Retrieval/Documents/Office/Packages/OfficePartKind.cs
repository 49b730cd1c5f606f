namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>
/// A kind of part that is read, and the kinds below it. Everything else in a package (pictures, themes, settings, embedded
/// files, templates, whatever a file adds) is never unpacked; the tree's fixed depth also bounds how far parts may lead to parts.
/// </summary>
/// <param name="Relationship">The last word of the relation's type.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Below">What it may lead to.</param>
internal sealed record OfficePartKind(string Relationship, string ContentType, params OfficePartKind[] Below)
{
    private const string Prefix = "application/vnd.openxmlformats-officedocument.";

    private static readonly OfficePartKind Chart = Part("chart", "drawingml.chart");
    private static readonly OfficePartKind Diagram = Part("diagramData", "drawingml.diagramData");

    /// <summary>The main part of a Word document.</summary>
    public static OfficePartKind Document { get; } = Part(
        "officeDocument",
        "wordprocessingml.document.main",
        Part("styles", "wordprocessingml.styles"),
        Part("numbering", "wordprocessingml.numbering"),
        Part("footnotes", "wordprocessingml.footnotes"),
        Part("endnotes", "wordprocessingml.endnotes"),
        Chart,
        Diagram);

    /// <summary>The main part of a presentation.</summary>
    public static OfficePartKind Presentation { get; } = Part(
        "officeDocument",
        "presentationml.presentation.main",
        Part("slide", "presentationml.slide", Part("notesSlide", "presentationml.notesSlide"), Chart, Diagram));

    /// <summary>The main part of a workbook.</summary>
    public static OfficePartKind Workbook { get; } = Part(
        "officeDocument",
        "spreadsheetml.sheet.main",
        Part("worksheet", "spreadsheetml.worksheet", Part("comments", "spreadsheetml.comments")),
        Part("sharedStrings", "spreadsheetml.sharedStrings"),
        Part("styles", "spreadsheetml.styles"));

    private static OfficePartKind Part(string relationship, string contentType, params OfficePartKind[] below) =>
        new(relationship, $"{Prefix}{contentType}+xml", below);
}
