namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Items that are made when they are asked for, once: a second loop over them finds nothing left.</summary>
internal sealed class IteratorValue(IEnumerable<object?> items, string typeName = "generator") : ITyped
{
    private readonly Lazy<IEnumerator<object?>> _items = new(items.GetEnumerator);

    public string TypeName => typeName;

    internal IEnumerable<object?> Remaining
    {
        get
        {
            while (_items.Value.MoveNext())
            {
                yield return _items.Value.Current;
            }
        }
    }
}
