using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>The items of a value.</summary>
internal static class Iteration
{
    /// <summary>Items one by one, each of which costs a step. Fails at once for what cannot be iterated.</summary>
    internal static IEnumerable<object?> Of(object? value) => TryItems(value) is { } items
        ? Count(items)
        : throw ChatTemplateException.Type($"'{TypeNames.Of(value)}' object is not iterable");

    internal static bool IsIterable(object? value) => TryItems(value) is not null;

    internal static List<object?> ToList(object? value)
    {
        List<object?> items = [];
        foreach (object? item in Of(value))
        {
            RenderBudget.ItemCount(items.Count + 1L);
            items.Add(item);
        }

        return items;
    }

    /// <summary>Whether the value is among the items of the container: Python's <c>in</c>.</summary>
    internal static bool Contains(object? container, object? value)
    {
        switch (container)
        {
            case string or Markup:
                return value is string or Markup
                    ? container.ToString()!.Contains(value.ToString()!, StringComparison.Ordinal)
                    : throw ChatTemplateException.Type(
                        $"'in <string>' requires string as left operand, not {TypeNames.Of(value)}");
            case DictValue dict:
                return dict.Contains(value);
            case RangeValue range:
                return range.Contains(value);
            default:
                return TryItems(container) is { } items
                    ? Count(items).Any(item => Equality.AreEqual(item, value))
                    : throw ChatTemplateException.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
        }
    }

    private static IEnumerable<object?>? TryItems(object? value) => value switch
    {
        ListValue list => list.Items,
        TupleValue tuple => tuple.Items,
        DictValue dict => dict.Keys,
        DictView view => view.Items,
        RangeValue range => range.Items,
        IteratorValue iterator => iterator.Remaining,
        string text => CodePoints.Each(text),
        Markup markup => CodePoints.Each(markup.Text),
        BytesValue bytes => bytes.Bytes.Select(object? (b) => (long)b),
        LoopContext loop => loop.Remaining,
        Undefined => [],
        _ => null,
    };

    private static IEnumerable<object?> Count(IEnumerable<object?> items)
    {
        foreach (object? item in items)
        {
            RenderBudget.Spend(1);
            yield return item;
        }
    }
}
