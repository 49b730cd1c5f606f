using DocumentFormat.OpenXml;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>
/// Rows of cells. Cells that others cover are empty, so that columns stay columns; a table within a cell becomes the cell's
/// text.
/// </summary>
/// <param name="text">Reads paragraphs.</param>
/// <param name="attached">Gets what hangs on the paragraphs, to come behind the table.</param>
/// <param name="cancellationToken">Ends the work.</param>
internal sealed class WordTable(WordText text, List<OpenXmlElement> attached, CancellationToken cancellationToken)
{
    // Word's own limit.
    private const int MaxColumns = 63;

    /// <summary>The rows of a table in memory.</summary>
    public static IEnumerable<OpenXmlElement> RowsOf(OpenXmlElement table) => Unwrapped(table);

    /// <summary>Reads rows (w:tr); other elements among them only tell what the first row is.</summary>
    public IEnumerable<(IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader)> Read(IEnumerable<OpenXmlElement> rows)
    {
        bool namesColumns = false;
        bool isFirst = true;
        foreach (OpenXmlElement row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (OfficeXml.Name(row) == "w:tblPr")
            {
                namesColumns = FirstRowIsSpecial(row.Child("w:tblLook"));
            }

            OpenXmlElement? properties = row.Child("w:trPr");
            if (OfficeXml.Name(row) != "w:tr" || properties.Child("w:del") is not null)
            {
                continue;
            }

            yield return (Cells(row, properties), properties.Switch("w:tblHeader") ?? (isFirst && namesColumns));
            isFirst = false;
        }
    }

    private static bool FirstRowIsSpecial(OpenXmlElement? look) =>
        look?.Attribute("firstRow") is { } flag
            ? flag is "1" or "true" or "on"
            : int.TryParse(look?.Attribute("val"), System.Globalization.NumberStyles.HexNumber, null, out int bits) && (bits & 0x20) != 0;

    // The children, with envelopes taken off.
    private static IEnumerable<OpenXmlElement> Unwrapped(OpenXmlElement parent)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            if (OfficeXml.Name(child) is "w:sdt" or "w:sdtContent" or "w:customXml" or "w:ins" or "w:moveTo")
            {
                foreach (OpenXmlElement inner in Unwrapped(child))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return child;
            }
        }
    }

    private List<(string Text, string? Reference)> Cells(OpenXmlElement row, OpenXmlElement? properties)
    {
        List<(string Text, string? Reference)> cells = [];
        AddEmpty(cells, properties.ChildValue("w:gridBefore"), less: 0);
        foreach (OpenXmlElement cell in Unwrapped(row).Where(child => OfficeXml.Name(child) == "w:tc"))
        {
            OpenXmlElement? cellProperties = cell.Child("w:tcPr");
            OpenXmlElement? merge = cellProperties.Child("w:vMerge");
            bool isCovered = merge is not null && merge.Attribute("val") is not "restart";
            cells.Add((isCovered ? string.Empty : TextOf(cell), null));
            AddEmpty(cells, cellProperties.ChildValue("w:gridSpan"), less: 1);
        }

        return cells;
    }

    private static void AddEmpty(List<(string Text, string? Reference)> cells, string? count, int less)
    {
        if (int.TryParse(count, out int number))
        {
            for (int more = Math.Min(number, MaxColumns) - less; more > 0; more--)
            {
                cells.Add((string.Empty, null));
            }
        }
    }

    private string TextOf(OpenXmlElement cell)
    {
        List<string> parts = [];
        AddText(cell, parts);
        return string.Join('\n', parts);
    }

    private void AddText(OpenXmlElement parent, List<string> parts)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            switch (OfficeXml.Name(child))
            {
                case "w:p" or "m:oMathPara" or "m:oMath":
                    string line = text.Read(child, attached).Trim();
                    if (line.Length > 0)
                    {
                        parts.Add(line);
                    }

                    break;
                case "w:tcPr" or "w:tblPr" or "w:tblGrid" or "w:trPr" or "w:sdtPr" or "w:del" or "w:moveFrom":
                    break;
                case "mc:AlternateContent":
                    int before = parts.Count;
                    foreach (OpenXmlElement branch in OfficeXml.Branches(child).TakeWhile(_ => parts.Count == before))
                    {
                        AddText(branch, parts);
                    }

                    break;
                default:
                    AddText(child, parts);
                    break;
            }
        }
    }
}
