using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Filters that look at each item when it is asked for: map, select, reject and their kin.</summary>
internal static class SelectionFilters
{
    internal static readonly Builtin[] All =
    [
        new("map(value, *args, **kwargs)", (interpreter, a) => new IteratorValue(Map(interpreter, a))),
        new("select(value, *args, **kwargs)", (interpreter, a) => new IteratorValue(Select(interpreter, a, byAttribute: false, keep: true))),
        new("reject(value, *args, **kwargs)", (interpreter, a) => new IteratorValue(Select(interpreter, a, byAttribute: false, keep: false))),
        new("selectattr(value, *args, **kwargs)", (interpreter, a) => new IteratorValue(Select(interpreter, a, byAttribute: true, keep: true))),
        new("rejectattr(value, *args, **kwargs)", (interpreter, a) => new IteratorValue(Select(interpreter, a, byAttribute: true, keep: false))),
    ];

    private static IEnumerable<object?> Map(Interpreter interpreter, object?[] a)
    {
        if (!Truth.Of(a[0]))
        {
            yield break;
        }

        Func<object?, object?> change = Change(interpreter, ((TupleValue)a[1]!).Items, (DictValue)a[2]!);
        foreach (object? item in Iteration.Of(a[0]))
        {
            yield return change(item);
        }
    }

    private static Func<object?, object?> Change(Interpreter interpreter, IReadOnlyList<object?> arguments, DictValue keywords)
    {
        if (arguments.Count == 0 && keywords.TryGet("attribute", out object? attribute))
        {
            keywords.TryGet("default", out object? fallback);
            object? unexpected = keywords.Keys.FirstOrDefault(key => key is not ("attribute" or "default"));
            return unexpected is null
                ? AttributePath.Getter(attribute, fallback)
                : throw ChatTemplateException.Runtime($"Unexpected keyword argument '{ErrorText.Cut(unexpected.ToString()!)}'");
        }

        if (arguments.Count == 0)
        {
            throw ChatTemplateException.Runtime("map requires a filter argument");
        }

        // An unknown name is an error once there is an item.
        Builtin? filter = arguments[0] is string name ? FilterTable.Find(name) : null;
        Arguments more = More(arguments, 1, keywords);
        return item => filter is null ? throw Unknown("filter", arguments[0]) : filter.Invoke(interpreter, item, more);
    }

    private static IEnumerable<object?> Select(Interpreter interpreter, object?[] a, bool byAttribute, bool keep)
    {
        if (!Truth.Of(a[0]))
        {
            yield break;
        }

        Func<object?, bool> matches = Matcher(interpreter, ((TupleValue)a[1]!).Items, (DictValue)a[2]!, byAttribute);
        foreach (object? item in Iteration.Of(a[0]))
        {
            if (matches(item) == keep)
            {
                yield return item;
            }
        }
    }

    private static Func<object?, bool> Matcher(
        Interpreter interpreter, IReadOnlyList<object?> arguments, DictValue keywords, bool byAttribute)
    {
        Func<object?, object?> subject = item => item;
        if (byAttribute)
        {
            subject = arguments.Count > 0
                ? AttributePath.Getter(arguments[0])
                : throw ChatTemplateException.Runtime("Missing parameter for attribute name");
        }

        int skip = byAttribute ? 1 : 0;
        if (arguments.Count <= skip)
        {
            return item => Truth.Of(subject(item));
        }

        Builtin? test = arguments[skip] is string name ? TestTable.Find(name) : null;
        Arguments more = More(arguments, skip + 1, keywords);
        return item => test is null
            ? throw Unknown("test", arguments[skip])
            : Truth.Of(test.Invoke(interpreter, subject(item), more));
    }

    private static ChatTemplateException Unknown(string kind, object? name) =>
        ChatTemplateException.Runtime($"No {kind} named '{ErrorText.Cut(Printer.Str(name))}'.");

    private static Arguments More(IReadOnlyList<object?> arguments, int skip, DictValue keywords) => new(
        [.. arguments.Skip(skip)],
        [.. keywords.Items.Select(item => KeyValuePair.Create((string)item.Key!, item.Value))]);
}
