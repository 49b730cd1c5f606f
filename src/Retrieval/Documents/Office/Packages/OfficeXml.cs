using DocumentFormat.OpenXml;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>
/// Elements by their names. Files put elements where the schema has none; the SDK then makes them unknown ones, which have
/// names all the same, so that no text is lost.
/// </summary>
internal static class OfficeXml
{
    private const string Strict = "http://purl.oclc.org/ooxml/";

    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["http://schemas.openxmlformats.org/wordprocessingml/2006/main"] = "w:",
        ["http://schemas.openxmlformats.org/drawingml/2006/main"] = "a:",
        ["http://schemas.openxmlformats.org/presentationml/2006/main"] = "p:",
        ["http://schemas.openxmlformats.org/spreadsheetml/2006/main"] = "x:",
        ["http://schemas.openxmlformats.org/drawingml/2006/chart"] = "c:",
        ["http://schemas.openxmlformats.org/drawingml/2006/diagram"] = "dgm:",
        ["http://schemas.openxmlformats.org/officeDocument/2006/math"] = "m:",
        ["http://schemas.openxmlformats.org/markup-compatibility/2006"] = "mc:",
        [Strict + "wordprocessingml/main"] = "w:",
        [Strict + "drawingml/main"] = "a:",
        [Strict + "presentationml/main"] = "p:",
        [Strict + "spreadsheetml/main"] = "x:",
        [Strict + "drawingml/chart"] = "c:",
        [Strict + "drawingml/diagram"] = "dgm:",
        [Strict + "officeDocument/math"] = "m:",
    };

    /// <summary>An element's name with the prefix that its namespace usually has, for example w:p; other namespaces: none.</summary>
    public static string Name(OpenXmlElement element) =>
        Prefixes.TryGetValue(element.NamespaceUri, out string? prefix) ? prefix + element.LocalName : element.LocalName;

    /// <summary>The value of an attribute, whatever its namespace; null: it is not there.</summary>
    public static string? Attribute(this OpenXmlElement element, string localName)
    {
        foreach (OpenXmlAttribute attribute in element.GetAttributes())
        {
            if (attribute.LocalName == localName)
            {
                return attribute.Value;
            }
        }

        return null;
    }

    /// <summary>The number in an attribute; null: it is not there, or is none.</summary>
    public static int? Number(this OpenXmlElement? element, string localName) =>
        element is not null && int.TryParse(element.Attribute(localName), out int number) ? number : null;

    /// <summary>The first child of a name; null: there is none.</summary>
    public static OpenXmlElement? Child(this OpenXmlElement? element, string name) =>
        element?.ChildElements.FirstOrDefault(child => Name(child) == name);

    /// <summary>The value (w:val) of a child; null: there is none.</summary>
    public static string? ChildValue(this OpenXmlElement? element, string name) => element.Child(name)?.Attribute("val");

    /// <summary>Whether a child is there that turns something on: without a value, or with one that is not false.</summary>
    public static bool? Switch(this OpenXmlElement? element, string name) =>
        element.Child(name) is { } child ? child.Attribute("val") is not ("0" or "false" or "off") : null;

    /// <summary>The elements below, itself left out, of a name.</summary>
    public static IEnumerable<OpenXmlElement> Below(this OpenXmlElement element, string name) =>
        element.Descendants().Where(descendant => Name(descendant) == name);

    /// <summary>
    /// The branches of an mc:AlternateContent, best first. They say the same for readers of different age: take the first
    /// that holds anything.
    /// </summary>
    public static IEnumerable<OpenXmlElement> Branches(OpenXmlElement alternateContent) =>
        alternateContent.ChildElements.Where(child => child.LocalName == "Choice")
            .Concat(alternateContent.ChildElements.Where(child => child.LocalName == "Fallback"));
}
