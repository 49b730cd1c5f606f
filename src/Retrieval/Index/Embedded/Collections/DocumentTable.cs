using LlmPlatform.Retrieval.Index.Embedded.Database;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <summary>
/// The documents' revisions that have points, by small numbers that are given out again. Filters are evaluated here, once
/// a document and not once a point.
/// </summary>
internal sealed class DocumentTable
{
    private readonly List<Entry?> _entries = [];
    private readonly Dictionary<long, int> _places = [];
    private readonly Stack<int> _free = [];

    public int Count => _places.Count;

    public DocumentRow this[int place] => _entries[place]!.Row;

    public void Add(DocumentRow row)
    {
        if (!_free.TryPop(out int place))
        {
            place = _entries.Count;
            _entries.Add(null);
        }

        _entries[place] = new Entry(row);
        _places.Add(row.Number, place);
    }

    public int PlaceOf(long number) => _places[number];

    public void Replace(DocumentRow row) => _entries[_places[row.Number]]!.Row = row;

    public void CountPoint(int place) => _entries[place]!.Points++;

    /// <summary>One point less; without any, the document is forgotten.</summary>
    public void RemovePoint(int place)
    {
        Entry entry = _entries[place]!;
        if (--entry.Points == 0)
        {
            _places.Remove(entry.Row.Number);
            _entries[place] = null;
            _free.Push(place);
        }
    }

    /// <summary>Which places a filter allows, and whether these are all.</summary>
    public (bool[] Allowed, bool All) Evaluate(IndexFilter filter)
    {
        HashSet<string>? groups = filter.ReaderGroups?.ToHashSet(StringComparer.Ordinal);
        bool[] allowed = new bool[_entries.Count];
        int count = 0;
        for (int place = 0; place < allowed.Length; place++)
        {
            if (_entries[place]?.Row is { } row && Matches(filter, groups, row))
            {
                allowed[place] = true;
                count++;
            }
        }

        return (allowed, count == _places.Count);
    }

    // The same rule as IndexFilter.Matches.
    private static bool Matches(IndexFilter filter, HashSet<string>? groups, DocumentRow row) =>
        row.Tenant == filter.Tenant
        && (groups is null || row.Groups.Count == 0 || row.Groups.Any(groups.Contains))
        && (filter.Attributes is null || filter.Attributes.Matches(row.Attributes));

    private sealed class Entry(DocumentRow row)
    {
        public DocumentRow Row { get; set; } = row;

        public int Points { get; set; }
    }
}
