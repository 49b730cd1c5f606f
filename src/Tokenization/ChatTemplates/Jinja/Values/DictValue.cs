namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A dictionary in order of insertion. Keys are equal as in Python: 1, 1.0 and true are one key.</summary>
internal sealed class DictValue
{
    private readonly OrderedDictionary<Key, object?> _items = new(KeyComparer.Instance);

    internal int Count => _items.Count;

    internal IEnumerable<object?> Keys => _items.Keys.Select(key => key.Value);

    internal IEnumerable<object?> Values => _items.Values;

    internal IEnumerable<KeyValuePair<object?, object?>> Items =>
        _items.Select(item => KeyValuePair.Create(item.Key.Value, item.Value));

    /// <summary>A key that is there already keeps its place. Fails for a key that has no hash, such as a list.</summary>
    internal object? this[object? key]
    {
        set => _items[new Key(key)] = value;
    }

    internal static DictValue From(IEnumerable<KeyValuePair<object?, object?>> items)
    {
        DictValue dict = new();
        foreach ((object? key, object? value) in items)
        {
            dict[key] = value;
        }

        return dict;
    }

    internal bool TryGet(object? key, out object? value) => _items.TryGetValue(new Key(key), out value);

    internal bool Contains(object? key) => _items.ContainsKey(new Key(key));

    // A dictionary of .NET takes no null for a key.
    private readonly record struct Key(object? Value);

    private sealed class KeyComparer : IEqualityComparer<Key>
    {
        internal static readonly KeyComparer Instance = new();

        public bool Equals(Key x, Key y) => Equality.AreEqual(x.Value, y.Value);

        public int GetHashCode(Key key) => Equality.Hash(key.Value);
    }
}
