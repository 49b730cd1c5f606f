namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

internal enum DictViewKind
{
    Keys,
    Values,
    Items,
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dictionary give.</summary>
internal sealed class DictView(DictValue dict, DictViewKind kind) : ITyped
{
    public string TypeName => kind switch
    {
        DictViewKind.Keys => "dict_keys",
        DictViewKind.Values => "dict_values",
        _ => "dict_items",
    };

    internal DictViewKind Kind => kind;

    internal int Count => dict.Count;

    internal IEnumerable<object?> Items => kind switch
    {
        DictViewKind.Keys => dict.Keys,
        DictViewKind.Values => dict.Values,
        _ => dict.Items.Select(object? (item) => new TupleValue(item.Key, item.Value)),
    };
}
