namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A tuple; <c>groupby</c> gives the places names.</summary>
internal sealed class TupleValue(params IReadOnlyList<object?> items) : IHasAttributes
{
    internal IReadOnlyList<object?> Items { get; } = items;

    /// <summary>Names of the items, or empty.</summary>
    internal IReadOnlyList<string> Names { get; init; } = [];

    public bool TryGetAttribute(string name, out object? value)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                value = Items[i];
                return true;
            }
        }

        value = null;
        return false;
    }
}
