using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>The strings that a workbook's cells share.</summary>
internal sealed class SharedStrings
{
    private readonly List<string> _strings = [];

    /// <summary>Reads the strings, one at a time.</summary>
    /// <exception cref="DocumentException">There are more than the limits allow.</exception>
    public SharedStrings(SharedStringTablePart? part, DocumentLimits limits, CancellationToken cancellationToken)
    {
        if (part is null)
        {
            return;
        }

        using OpenXmlReader reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (!reader.IsStartElement || reader.LocalName != "si" || reader.LoadCurrentElement() is not { } item)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (_strings.Count == limits.MaxParts)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {limits.MaxParts} shared strings");
            }

            _strings.Add(TextOf(item));
        }
    }

    /// <summary>A string by its place; null: there is none.</summary>
    public string? this[int index] => index >= 0 && index < _strings.Count ? _strings[index] : null;

    /// <summary>A string, or its runs joined; how it is pronounced (x:rPh) is left out.</summary>
    public static string TextOf(OpenXmlElement item)
    {
        StringBuilder text = new();
        foreach (OpenXmlElement child in item.ChildElements)
        {
            text.Append(OfficeXml.Name(child) switch
            {
                "x:t" => child.InnerText,
                "x:r" => child.Child("x:t")?.InnerText,
                _ => null,
            });
        }

        return text.ToString();
    }
}
