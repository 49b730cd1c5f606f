using System.Globalization;
using System.Text;
using LlmPlatform.Retrieval.Documents.Pdf.Decoding;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>
/// Writes a damaged file anew from the objects that can be found in it: with the true lengths of streams, the objects of
/// object streams on their own, a cross-reference table, and, where they are missing, a catalog and a page tree.
/// </summary>
internal sealed class Repair
{
    private const int MostObjects = 500_000;

    private readonly Dictionary<int, FoundObject> _objects = [];
    private readonly ReadingBudget _budget;
    private readonly bool _encrypted;
    private readonly string _trailer;

    private Repair(ReadOnlyMemory<byte> bytes, ReadingBudget budget)
    {
        _budget = budget;
        foreach (FoundObject found in ObjectScan.Find(bytes, budget))
        {
            if (_objects.Count < MostObjects)
            {
                _objects[found.Number] = found;
            }
        }

        string source = TrailerSource(bytes.Span);
        _encrypted = source.Contains("/Encrypt", StringComparison.Ordinal);
        if (!_encrypted)
        {
            Unpack();
        }

        _trailer = Trailer(source);
    }

    /// <summary>The file written anew; null: no page can be found.</summary>
    public static ReadOnlyMemory<byte>? Rebuild(ReadOnlyMemory<byte> bytes, ReadingBudget budget)
    {
        Repair repair = new(bytes, budget);
        return repair._objects.Values.Any(found => found.IsType("Page")) ? repair.Write() : null;
    }

    // What the last trailer says; files without one say it in the dictionary of a cross-reference stream.
    private string TrailerSource(ReadOnlySpan<byte> bytes)
    {
        const int LongestTrailer = 4096;
        StringBuilder source = new();
        int at = bytes.LastIndexOf("trailer"u8);
        if (at >= 0)
        {
            source.Append(Encoding.Latin1.GetString(bytes.Slice(at, Math.Min(LongestTrailer, bytes.Length - at))));
        }

        foreach (FoundObject found in _objects.Values.Where(found => found.IsType("XRef")))
        {
            source.Append(Encoding.Latin1.GetString(found.Dictionary.Span));
        }

        return source.ToString();
    }

    private void Unpack()
    {
        foreach (FoundObject packed in _objects.Values.Where(found => found.IsType("ObjStm")).ToList())
        {
            foreach (FoundObject inner in ObjectScan.Unpack(packed, _budget))
            {
                if (_objects.Count < MostObjects)
                {
                    _objects.TryAdd(inner.Number, inner);
                }
            }
        }
    }

    private string Trailer(string source)
    {
        int? root = ObjectScan.ReferenceOf(source, "/Root");
        if (root is null || !IsWhole(root.Value))
        {
            root = _objects.Values.Where(found => found.IsType("Catalog") && IsWhole(found.Number)).LastOrDefault()?.Number
                ?? MakeCatalog();
        }

        StringBuilder trailer = new();
        trailer.Append(CultureInfo.InvariantCulture, $"<< /Size {_objects.Keys.Max() + 1} /Root {root} 0 R");
        foreach (string name in new[] { "/Info", "/Encrypt" })
        {
            if (ObjectScan.ReferenceOf(source, name) is { } number && _objects.ContainsKey(number))
            {
                trailer.Append(CultureInfo.InvariantCulture, $" {name} {number} 0 R");
            }
        }

        int id = source.IndexOf("/ID", StringComparison.Ordinal);
        int open = id < 0 ? -1 : source.IndexOf('[', id);
        int close = open < 0 ? -1 : source.IndexOf(']', open);
        if (close > 0 && close - open < 300)
        {
            trailer.Append(" /ID ").Append(source.AsSpan(open, close - open + 1));
        }

        return trailer.Append(" >>").ToString();
    }

    // A catalog whose page tree is there.
    private bool IsWhole(int catalog) =>
        _objects.TryGetValue(catalog, out FoundObject? found)
        && ObjectScan.ReferenceOf(Encoding.Latin1.GetString(found.Dictionary.Span), "/Pages") is { } pages
        && _objects.ContainsKey(pages);

    // All pages, in the order of their numbers.
    private int MakeCatalog()
    {
        IEnumerable<int> pages = _objects.Values.Where(found => found.IsType("Page")).Select(found => found.Number).Order().ToList();
        int tree = _objects.Keys.DefaultIfEmpty(0).Max() + 1;
        string kids = string.Join(' ', pages.Select(page => string.Create(CultureInfo.InvariantCulture, $"{page} 0 R")));
        Add(tree, $"<< /Type /Pages /Kids [{kids}] /Count {pages.Count()} >>");
        Add(tree + 1, $"<< /Type /Catalog /Pages {tree} 0 R >>");
        return tree + 1;
    }

    private void Add(int number, string dictionary) =>
        _objects[number] = new FoundObject(number, 0, Encoding.Latin1.GetBytes(dictionary), null);

    private byte[] Write()
    {
        MemoryStream output = new();
        SortedDictionary<int, (long Offset, int Generation)> offsets = [];
        output.Write("%PDF-1.7\n"u8);
        foreach (FoundObject found in _objects.Values.Where(found => !found.IsType("XRef")))
        {
            _budget.Check();
            offsets[found.Number] = (output.Length, found.Generation);
            Text(output, $"{found.Number} {found.Generation} obj\n");
            output.Write(found.Stream is { } data ? found.DictionaryWithLength(data.Length) : found.Dictionary.Span);
            if (found.Stream is { } stream)
            {
                output.Write("\nstream\n"u8);
                output.Write(stream.Span);
                output.Write("\nendstream"u8);
            }

            output.Write("\nendobj\n"u8);
        }

        long start = output.Length;
        output.Write("xref\n0 1\n0000000000 65535 f \n"u8);
        foreach ((int number, (long offset, int generation)) in offsets)
        {
            Text(output, $"{number} 1\n{offset:D10} {generation:D5} n \n");
        }

        Text(output, $"trailer\n{_trailer}\nstartxref\n{start}\n%%EOF\n");
        return output.ToArray();
    }

    private static void Text(MemoryStream output, FormattableString text) =>
        output.Write(Encoding.Latin1.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
