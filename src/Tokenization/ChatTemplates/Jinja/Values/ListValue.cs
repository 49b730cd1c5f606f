namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A list. Templates cannot change one; each operation makes a new list.</summary>
internal sealed class ListValue(IReadOnlyList<object?> items)
{
    internal IReadOnlyList<object?> Items { get; } = items;
}
