using System.IO.Packaging;
using System.Text;
using System.Xml;

namespace LlmPlatform.Retrieval.Documents.Office.Packages;

/// <summary>
/// An Office document as the Open XML SDK wants it: only the parts that are read, each checked by
/// <see cref="OfficeArchive"/> first, under names and relations written anew, so that no name, target or media type of the
/// file reaches the SDK. Read-only.
/// </summary>
internal sealed class OfficePackage : Package
{
    // UTF-16 code units of a title or an author.
    private const int LongestProperty = 1000;
    private const string RelationshipNamespace = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string RelationshipContent = "application/vnd.openxmlformats-package.relationships+xml";

    private readonly OfficeArchive _archive;
    private readonly Dictionary<string, PackagePart> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    private string _relationshipTypes = OfficeRelationship.Transitional;

    private OfficePackage(OfficeArchive archive)
        : base(FileAccess.Read) => _archive = archive;

    /// <summary>The title that the document gives itself.</summary>
    public string? Title { get; private set; }

    /// <summary>The author that the document names.</summary>
    public string? Author { get; private set; }

    /// <summary>Checks a file and makes the package.</summary>
    /// <exception cref="DocumentException">It cannot be read safely; the code says why.</exception>
    public static OfficePackage Open(ReadOnlyMemory<byte> bytes, OfficePartKind main, DocumentLimits limits, CancellationToken cancellationToken)
    {
        OfficePackage package = new(new OfficeArchive(bytes, limits, cancellationToken));
        try
        {
            package.Load(main);

            // The base class knows only parts that were listed once.
            package.GetParts();
            return package;
        }
        catch
        {
            ((IDisposable)package).Dispose();
            throw;
        }
    }

    /// <summary>What leads to a package's main part; null: nothing.</summary>
    public static OfficeRelationship? MainPart(OfficeArchive archive) =>
        OfficeRelationship.Of(archive, string.Empty)
            .FirstOrDefault(relationship => relationship.Name == "officeDocument" && archive.Contains(relationship.Target));

    /// <inheritdoc/>
    protected override PackagePart[] GetPartsCore() => [.. _parts.Values];

    /// <inheritdoc/>
    protected override PackagePart? GetPartCore(Uri partUri) => _parts.GetValueOrDefault(partUri.OriginalString);

    /// <inheritdoc/>
    protected override PackagePart CreatePartCore(Uri partUri, string contentType, CompressionOption compressionOption) =>
        throw new NotSupportedException("the package is read-only");

    /// <inheritdoc/>
    protected override void DeletePartCore(Uri partUri) => throw new NotSupportedException("the package is read-only");

    /// <inheritdoc/>
    protected override void FlushCore()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _archive.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Load(OfficePartKind main)
    {
        OfficeRelationship relationship = MainPart(_archive)
            ?? throw new DocumentException(DocumentErrors.Corrupt, "the package does not say which part is the document");

        // The SDK takes strict namespaces only from a package whose relations are strict.
        _relationshipTypes = relationship.IsStrict ? OfficeRelationship.Strict : OfficeRelationship.Transitional;
        string uri = AddPart(relationship.Target, main);
        AddRelationships("/_rels/.rels", [("main", main, uri)]);
        ReadProperties();
    }

    private string AddPart(string name, OfficePartKind kind)
    {
        if (_names.TryGetValue(name, out string? known))
        {
            return known;
        }

        using (Stream stream = _archive.Open(name))
        {
            if (stream.Length > kind.MaxBytes)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"{OfficeArchive.Shorten(name)} has more than {kind.MaxBytes} bytes");
            }
        }

        string file = $"part{_names.Count}.xml";
        string uri = $"/{file}";
        _names.Add(name, uri);
        _parts.Add(uri, new Part(this, uri, kind.ContentType, () => _archive.Open(name)));
        List<(string Id, OfficePartKind Kind, string Uri)> relationships = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (OfficeRelationship relationship in OfficeRelationship.Of(_archive, name))
        {
            OfficePartKind? below = Array.Find(kind.Below, candidate => candidate.Relationship == relationship.Name);
            if (below is not null && _archive.Contains(relationship.Target) && IsId(relationship.Id) && ids.Add(relationship.Id))
            {
                relationships.Add((relationship.Id, below, AddPart(relationship.Target, below)));
            }
        }

        AddRelationships($"/_rels/{file}.rels", relationships);
        return uri;
    }

    // What the package classes take as an id (xsd:ID).
    private static bool IsId(string id) => XmlReader.IsName(id) && !id.Contains(':', StringComparison.Ordinal);

    private void AddRelationships(string uri, IEnumerable<(string Id, OfficePartKind Kind, string Uri)> relationships)
    {
        MemoryStream content = new();
        using (XmlWriter writer = XmlWriter.Create(content))
        {
            writer.WriteStartElement("Relationships", RelationshipNamespace);
            foreach ((string id, OfficePartKind kind, string target) in relationships)
            {
                writer.WriteStartElement("Relationship", RelationshipNamespace);
                writer.WriteAttributeString("Id", id);
                writer.WriteAttributeString("Type", _relationshipTypes + kind.Relationship);
                writer.WriteAttributeString("Target", target);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        byte[] bytes = content.ToArray();
        _parts.Add(uri, new Part(this, uri, RelationshipContent, () => new MemoryStream(bytes, writable: false)));
    }

    private void ReadProperties()
    {
        string? name = OfficeRelationship.Of(_archive, string.Empty)
            .FirstOrDefault(relationship => relationship.Name == "core-properties")?.Target;
        if (name is null || !_archive.Contains(name))
        {
            return;
        }

        using XmlReader reader = _archive.OpenXml(name);
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "title" or "creator" })
            {
                if (reader.LocalName == "title")
                {
                    Title = TextOf(reader);
                }
                else
                {
                    Author = TextOf(reader);
                }
            }
        }
    }

    // All text below the current element; null: there is none.
    private static string? TextOf(XmlReader reader)
    {
        StringBuilder text = new();
        using XmlReader element = reader.ReadSubtree();
        while (element.Read() && text.Length < LongestProperty)
        {
            text.Append(element.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace ? element.Value : null);
        }

        string trimmed = text.ToString(0, Math.Min(text.Length, LongestProperty)).Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }

    private sealed class Part(Package package, string uri, string contentType, Func<Stream> open)
        : PackagePart(package, new Uri(uri, UriKind.Relative), contentType)
    {
        protected override Stream GetStreamCore(FileMode mode, FileAccess access) => open();
    }
}
