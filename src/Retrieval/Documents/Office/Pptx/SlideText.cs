using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Pptx;

/// <summary>The text of one slide: its title first, then its shapes in their order, then its notes.</summary>
internal sealed class SlideText(SlidePart slide, DocumentTextBuilder builder, CancellationToken cancellationToken)
{
    private OpenXmlElement? _titleShape;

    /// <summary>The slide's title.</summary>
    public string? Title { get; private set; }

    /// <summary>Reads the slide.</summary>
    public void Read()
    {
        OpenXmlElement? shapes = slide.RootElement.Child("p:cSld").Child("p:spTree");
        if (shapes is not null)
        {
            AddTitle(shapes);
            AddShapes(shapes);
        }

        AddNotes();
    }

    private static bool IsTitle(OpenXmlElement shape) => PlaceholderOf(shape)?.Attribute("type") is "title" or "ctrTitle";

    private static OpenXmlElement? PlaceholderOf(OpenXmlElement shape) => shape.Child("p:nvSpPr").Child("p:nvPr").Child("p:ph");

    private static string TextOf(OpenXmlElement paragraph)
    {
        StringBuilder text = new();
        Append(paragraph, text);
        return text.ToString();
    }

    private static void Append(OpenXmlElement parent, StringBuilder text)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            switch (OfficeXml.Name(child))
            {
                case "a:t" or "m:t":
                    text.Append(child.InnerText);
                    break;
                case "a:br":
                    text.Append('\n');
                    break;
                case "a:tab":
                    text.Append('\t');
                    break;
                case "a:pPr" or "a:rPr" or "a:endParaRPr":
                    break;
                case "a:fld" when child.Attribute("type") == "slidenum":
                    break;
                case "mc:AlternateContent":
                    int length = text.Length;
                    foreach (OpenXmlElement branch in OfficeXml.Branches(child).TakeWhile(_ => text.Length == length))
                    {
                        Append(branch, text);
                    }

                    break;
                default:
                    Append(child, text);
                    break;
            }
        }
    }

    private void AddTitle(OpenXmlElement shapes)
    {
        _titleShape = shapes.Below("p:sp").FirstOrDefault(shape => IsTitle(shape) && !string.IsNullOrWhiteSpace(AllText(shape)));
        if (_titleShape is not null)
        {
            Title = AllText(_titleShape).Trim();
            builder.AddHeading(1, Title);
        }
    }

    private static string AllText(OpenXmlElement shape) =>
        string.Join(' ', Paragraphs(shape).Select(paragraph => TextOf(paragraph).ReplaceLineEndings(" ")));

    private static IEnumerable<OpenXmlElement> Paragraphs(OpenXmlElement shape) =>
        shape.Child("p:txBody")?.ChildElements.Where(child => OfficeXml.Name(child) == "a:p") ?? [];

    private void AddShapes(OpenXmlElement parent)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (OfficeXml.Name(child))
            {
                case "p:sp" when child != _titleShape:
                    AddShape(child);
                    break;
                case "p:grpSp":
                    AddShapes(child);
                    break;
                case "p:graphicFrame":
                    AddGraphic(child);
                    break;
                case "mc:AlternateContent":
                    int before = builder.Length;
                    foreach (OpenXmlElement branch in OfficeXml.Branches(child).TakeWhile(_ => builder.Length == before))
                    {
                        AddShapes(branch);
                    }

                    break;
            }
        }
    }

    // Dates, footers and slide numbers stand on every slide.
    private void AddShape(OpenXmlElement shape)
    {
        OpenXmlElement? placeholder = PlaceholderOf(shape);
        string? type = placeholder?.Attribute("type");
        if (type is "dt" or "ftr" or "sldNum" or "hdr")
        {
            return;
        }

        bool isList = placeholder is not null && type is null or "body" or "obj";
        foreach (OpenXmlElement paragraph in Paragraphs(shape))
        {
            AddParagraph(paragraph, isList);
        }
    }

    // The body of a slide is a list by its layout, other shapes by their own bullets only.
    private void AddParagraph(OpenXmlElement paragraph, bool isList)
    {
        OpenXmlElement? properties = paragraph.Child("a:pPr");
        bool ordered = properties.Child("a:buAutoNum") is not null;
        bool hasBullet = ordered || properties.Child("a:buChar") is not null || properties.Child("a:buBlip") is not null;
        if (hasBullet || (isList && properties.Child("a:buNone") is null))
        {
            builder.Add(BlockKind.Item, TextOf(paragraph), Math.Clamp(properties.Number("lvl") ?? 0, 0, 8), ordered);
        }
        else
        {
            builder.Add(BlockKind.Paragraph, TextOf(paragraph));
        }
    }

    private void AddGraphic(OpenXmlElement frame)
    {
        foreach (OpenXmlElement graphic in frame.Descendants())
        {
            switch (OfficeXml.Name(graphic))
            {
                case "a:tbl":
                    builder.AddTable(Rows(graphic));
                    break;
                case "c:chart":
                    GraphicText.AddChart(builder, slide, graphic);
                    break;
                case "dgm:relIds":
                    GraphicText.AddDiagram(builder, slide, graphic);
                    break;
            }
        }
    }

    // Cells that others cover are there, empty (gridSpan, hMerge, vMerge).
    private IEnumerable<(IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader)> Rows(OpenXmlElement table)
    {
        bool isHeader = table.Child("a:tblPr")?.Attribute("firstRow") is "1" or "true";
        foreach (OpenXmlElement row in table.ChildElements.Where(child => OfficeXml.Name(child) == "a:tr"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ([.. row.ChildElements.Where(child => OfficeXml.Name(child) == "a:tc").Select(cell => (CellText(cell), (string?)null))], isHeader);
            isHeader = false;
        }
    }

    private static string CellText(OpenXmlElement cell) =>
        cell.Attribute("hMerge") is "1" or "true" || cell.Attribute("vMerge") is "1" or "true"
            ? string.Empty
            : string.Join('\n', (cell.Child("a:txBody")?.ChildElements ?? []).Where(child => OfficeXml.Name(child) == "a:p").Select(TextOf));

    private void AddNotes()
    {
        OpenXmlElement? shapes = slide.NotesSlidePart?.RootElement.Child("p:cSld").Child("p:spTree");
        foreach (OpenXmlElement shape in shapes?.Below("p:sp") ?? [])
        {
            // The rest are a picture of the slide, page numbers, headers and footers.
            if (PlaceholderOf(shape)?.Attribute("type") is not ("sldImg" or "sldNum" or "dt" or "ftr" or "hdr"))
            {
                foreach (OpenXmlElement paragraph in Paragraphs(shape))
                {
                    AddParagraph(paragraph, isList: false);
                }
            }
        }
    }
}
