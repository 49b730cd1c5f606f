using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>Which levels of a Word document's lists are numbered, and which have bullets.</summary>
internal sealed class WordNumbering
{
    private readonly Dictionary<int, int> _abstractOf = [];
    private readonly HashSet<(int Abstract, int Depth)> _ordered = [];

    /// <summary>Reads the definitions, one at a time.</summary>
    public WordNumbering(NumberingDefinitionsPart? part, CancellationToken cancellationToken)
    {
        if (part is null)
        {
            return;
        }

        using OpenXmlReader reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.IsStartElement && reader.LocalName is "abstractNum" or "num" && reader.LoadCurrentElement() is { } element)
            {
                Add(element);
            }
        }
    }

    /// <summary>Whether a level of a list is numbered.</summary>
    public bool IsOrdered(int list, int depth) =>
        _abstractOf.TryGetValue(list, out int definition) && _ordered.Contains((definition, depth));

    private void Add(OpenXmlElement element)
    {
        if (element.LocalName == "num")
        {
            if (element.Number("numId") is { } list && int.TryParse(element.ChildValue("w:abstractNumId"), out int definition))
            {
                _abstractOf.TryAdd(list, definition);
            }

            return;
        }

        if (element.Number("abstractNumId") is not { } id)
        {
            return;
        }

        foreach (OpenXmlElement level in element.ChildElements.Where(child => OfficeXml.Name(child) == "w:lvl"))
        {
            if (level.Number("ilvl") is { } depth && level.ChildValue("w:numFmt") is not (null or "bullet" or "none"))
            {
                _ordered.Add((id, depth));
            }
        }
    }
}
