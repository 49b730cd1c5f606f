using System.Xml;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>A relation of a part (or of the package) to another part, as a .rels part states it (ECMA-376 part 2).</summary>
/// <param name="Id">What the source part calls it.</param>
/// <param name="Name">The last word of its type, for example styles; the same for transitional and strict files.</param>
/// <param name="Target">The name of the part that it leads to, without a leading slash.</param>
/// <param name="IsStrict">Whether its type is one of the strict variant.</param>
internal sealed record OfficeRelationship(string Id, string Name, string Target, bool IsStrict)
{
    /// <summary>How the types of relations begin in transitional files.</summary>
    public const string Transitional = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

    /// <summary>How they begin in strict files.</summary>
    public const string Strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/";

    private const int Most = 100_000;

    /// <summary>
    /// The relations of a part to other parts of the package. Outside targets and those above the package's root are
    /// left out: nothing follows them.
    /// </summary>
    /// <param name="archive">The package.</param>
    /// <param name="source">The part's name; empty: the package itself.</param>
    /// <exception cref="DocumentException">The part that states them does not pass, or there are too many.</exception>
    public static IReadOnlyList<OfficeRelationship> Of(OfficeArchive archive, string source)
    {
        int slash = source.LastIndexOf('/') + 1;
        string part = $"{source[..slash]}_rels/{source[slash..]}.rels";
        if (!archive.Contains(part))
        {
            return [];
        }

        List<OfficeRelationship> result = [];
        using XmlReader reader = archive.OpenXml(part);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element
                && reader.LocalName == "Relationship"
                && reader.GetAttribute("TargetMode") != "External"
                && reader.GetAttribute("Id") is { Length: > 0 } id
                && reader.GetAttribute("Type") is { Length: > 0 } type
                && reader.GetAttribute("Target") is { Length: > 0 } target
                && Resolve(source[..slash], target) is { } name)
            {
                if (result.Count == Most)
                {
                    throw new DocumentException(DocumentErrors.LimitExceeded, $"a part leads to more than {Most} others");
                }

                result.Add(new OfficeRelationship(id, type[(type.LastIndexOf('/') + 1)..], name, type.StartsWith(Strict, StringComparison.Ordinal)));
            }
        }

        return result;
    }

    // "../media/a.xml" below "ppt/slides/" is "ppt/media/a.xml"; null: above the root, or no name of a part.
    private static string? Resolve(string folder, string target)
    {
        target = Uri.UnescapeDataString(target.Replace('\\', '/'));
        int end = target.AsSpan().IndexOfAny('#', '?');
        target = end < 0 ? target : target[..end];
        List<string> path = target.StartsWith('/') ? [] : [.. folder.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "..")
            {
                if (path.Count == 0)
                {
                    return null;
                }

                path.RemoveAt(path.Count - 1);
            }
            else if (step != ".")
            {
                path.Add(step);
            }
        }

        return path.Count == 0 ? null : string.Join('/', path);
    }
}
