namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>What <c>cycler</c> gives: its items one after the other, again and again.</summary>
internal sealed class CyclerValue : ITyped, IHasAttributes
{
    private readonly IReadOnlyList<object?> _items;
    private int _position;

    internal CyclerValue(IReadOnlyList<object?> items)
    {
        _items = items.Count > 0 ? items : throw ChatTemplateException.Runtime("at least one item has to be provided");
    }

    public string TypeName => "Cycler";

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => _items[_position],
            "pos" => (long)_position,
            "items" => new TupleValue(_items),
            "next" => new FunctionValue(name, (_, _) => Next()),
            "reset" => new FunctionValue(name, (_, _) =>
            {
                _position = 0;
                return null;
            }),
            _ => Runtime.Signature.NotGiven,
        };
        return value != Runtime.Signature.NotGiven;
    }

    private object? Next()
    {
        object? item = _items[_position];
        _position = (_position + 1) % _items.Count;
        return item;
    }
}
