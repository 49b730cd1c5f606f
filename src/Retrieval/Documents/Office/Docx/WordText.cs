using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>
/// The text of paragraphs, as it stands after all tracked changes are accepted: runs joined, insertions kept, deletions
/// dropped; fields by their results. Fields run over paragraphs, so one of these reads one story from its start to its end.
/// </summary>
internal sealed class WordText(WordStyles styles)
{
    // A field that has begun: true while its code is read, false from its separator on.
    private readonly Stack<bool> _fields = new();
    private int _codes;

    /// <summary>A paragraph's text.</summary>
    /// <param name="paragraph">The w:p.</param>
    /// <param name="attached">Gets what hangs on it: text boxes, charts, diagrams, and references to notes.</param>
    public string Read(OpenXmlElement paragraph, List<OpenXmlElement> attached)
    {
        StringBuilder text = new();
        Walk(paragraph, text, attached, hidden: false);

        // A code ends with its paragraph at the latest; a lost end must not swallow the rest of the document.
        while (_codes > 0)
        {
            EndField();
        }

        return text.ToString();
    }

    private void Walk(OpenXmlElement parent, StringBuilder text, List<OpenXmlElement> attached, bool hidden)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            bool shown = !hidden && _codes == 0;
            switch (OfficeXml.Name(child))
            {
                case "w:t" or "m:t" or "a:t":
                    text.Append(shown ? child.InnerText : null);
                    break;
                case "w:tab" or "w:ptab":
                    text.Append(shown ? "\t" : null);
                    break;
                case "w:br" or "w:cr" or "a:br":
                    text.Append(shown ? "\n" : null);
                    break;
                case "w:noBreakHyphen":
                    text.Append(shown ? "\u2011" : null);
                    break;
                case "w:sym":
                    text.Append(shown ? Symbol(child) : null);
                    break;
                case "w:fldChar":
                    Field(child.Attribute("fldCharType"));
                    break;
                case "w:footnoteReference" or "w:endnoteReference" or "w:txbxContent" or "c:chart" or "dgm:relIds":
                    if (shown)
                    {
                        attached.Add(child);
                    }

                    break;
                case "w:r":
                    Walk(child, text, attached, hidden || styles.IsHidden(child.Child("w:rPr")));
                    break;
                case "mc:AlternateContent":
                    WalkFirstBranch(child, text, attached, hidden);
                    break;
                case "w:pPr" or "w:rPr" or "w:del" or "w:moveFrom" or "w:instrText" or "w:delText" or "w:delInstrText"
                    or "w:sdtPr" or "w:sdtEndPr" or "w:rt" or "w:rubyPr" or "w:ffData":
                    break;
                default:
                    Walk(child, text, attached, hidden);
                    break;
            }
        }
    }

    private void WalkFirstBranch(OpenXmlElement alternate, StringBuilder text, List<OpenXmlElement> attached, bool hidden)
    {
        int length = text.Length;
        int count = attached.Count;
        foreach (OpenXmlElement branch in OfficeXml.Branches(alternate))
        {
            Walk(branch, text, attached, hidden);
            if (text.Length > length || attached.Count > count)
            {
                return;
            }
        }
    }

    private void Field(string? type)
    {
        switch (type)
        {
            case "begin":
                _fields.Push(true);
                _codes++;
                break;
            case "separate" when _fields.TryPeek(out bool inCode) && inCode:
                _fields.Pop();
                _fields.Push(false);
                _codes--;
                break;
            case "end":
                EndField();
                break;
        }
    }

    private void EndField()
    {
        if (_fields.TryPop(out bool inCode) && inCode)
        {
            _codes--;
        }
    }

    // Symbol fonts use the private area of Unicode: their characters mean nothing without the font.
    private static string? Symbol(OpenXmlElement symbol) =>
        ushort.TryParse(symbol.Attribute("char"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ushort code)
        && code is >= 0x20 and not (>= 0xD800 and <= 0xF8FF)
            ? ((char)code).ToString()
            : null;
}
