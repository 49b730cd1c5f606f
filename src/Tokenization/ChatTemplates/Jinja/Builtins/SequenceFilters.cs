using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Filters of lists and dictionaries. Comparisons ignore the case of strings unless told otherwise.</summary>
internal static class SequenceFilters
{
    internal static readonly Builtin[] All =
    [
        new("batch(value, linecount, fill_with=None)", a => new IteratorValue(Batch(a))),
        new("default(value, default_value='', boolean=False)", a =>
            a[0] is Undefined || (Truth.Of(a[2]) && !Truth.Of(a[0])) ? a[1] : a[0]),
        new("dictsort(value, case_sensitive=False, by='key', reverse=False)", DictSort),
        new("first(seq)", a => First(Iteration.Of(a[0]), "No first item, sequence was empty.")),
        new("last(seq)", a => First(Reversed(a[0]), "No last item, sequence was empty.")),
        new("random(seq)", Random),
        new("length(obj)", a => (long)Truth.Length(a[0])),
        new("list(value)", a => new ListValue(Iteration.ToList(a[0]))),
        new("items(value)", a => new IteratorValue(Items(a[0]))),
        new("reverse(value)", Reverse),
        new("slice(value, slices, fill_with=None)", a => new IteratorValue(Slice(a))),
        new("sort(value, reverse=False, case_sensitive=False, attribute=None)", Sort),
        new("unique(value, case_sensitive=False, attribute=None)", a => new IteratorValue(Unique(a))),
        new("groupby(value, attribute, default=None, case_sensitive=False)", GroupBy),
        new("min(value, case_sensitive=False, attribute=None)", a => Extreme(a, Ordering.Less)),
        new("max(value, case_sensitive=False, attribute=None)", a => Extreme(a, (candidate, best) => Ordering.Less(best, candidate))),
        new("sum(iterable, attribute=None, start=0)", Sum),
        new("attr(obj, name)", Attribute),
    ];

    private static object? Attribute(object?[] a)
    {
        if (a[1] is not (string or Markup))
        {
            throw ChatTemplateException.Type($"attribute name must be string, not '{TypeNames.Of(a[1])}'");
        }

        return Attributes.TryGet(a[0], a[1]!.ToString()!, out object? value) ? value : Undefined.Attribute(a[0], a[1]);
    }

    private static bool IsReverse(object? flag) => Numbers.ToCount(flag, "sort") != 0;

    private static object? IgnoreCase(object? value) => value is string or Markup ? CaseMapping.Lower(value.ToString()!) : value;

    private static Func<object?, object?> Key(object? attribute, object? caseSensitive, object? fallback = null)
    {
        Func<object?, object?> getter = AttributePath.Getter(attribute, fallback);
        return Truth.Of(caseSensitive) ? getter : item => IgnoreCase(getter(item));
    }

    private static object? First(IEnumerable<object?> items, string message)
    {
        using IEnumerator<object?> each = items.GetEnumerator();
        return each.MoveNext() ? each.Current : new Undefined(message);
    }

    // Python can go through these from the end.
    private static IEnumerable<object?> Reversed(object? value) =>
        value is ListValue or TupleValue or string or Markup or DictValue or DictView or RangeValue or BytesValue or Undefined
            ? Enumerable.Reverse(Iteration.ToList(value))
            : throw ChatTemplateException.Type($"'{TypeNames.Of(value)}' object is not reversible");

    private static object? Reverse(object?[] a)
    {
        switch (a[0])
        {
            case string text:
                return CodePoints.Slice(text, null, null, -1L);
            case Markup markup:
                return new Markup(CodePoints.Slice(markup.Text, null, null, -1L));
            case ListValue or TupleValue or DictValue or DictView or RangeValue or BytesValue:
                return new IteratorValue(Reversed(a[0]), $"{TypeNames.Of(a[0])}_reverseiterator");
            default:
                if (!Iteration.IsIterable(a[0]))
                {
                    throw ChatTemplateException.Runtime("argument must be iterable");
                }

                List<object?> items = Iteration.ToList(a[0]);
                items.Reverse();
                return new ListValue(items);
        }
    }

    private static object? Random(object?[] a)
    {
        if (a[0] is not (ListValue or TupleValue or string or Markup or RangeValue))
        {
            throw ChatTemplateException.Type($"'{TypeNames.Of(a[0])}' object has no random item");
        }

        List<object?> items = Iteration.ToList(a[0]);
#pragma warning disable CA5394 // Nothing depends on the choice being unpredictable.
        return items.Count == 0
            ? new Undefined("No random item, sequence was empty.")
            : items[System.Random.Shared.Next(items.Count)];
#pragma warning restore CA5394
    }

    private static IEnumerable<object?> Items(object? value) => value switch
    {
        Undefined => [],
        DictValue dict => new DictView(dict, DictViewKind.Items).Items,
        _ => Fail(),
    };

    // Only when the first item is asked for.
    private static IEnumerable<object?> Fail()
    {
        yield return ThrowNoMapping();
    }

    private static object ThrowNoMapping() => throw ChatTemplateException.Type("Can only get item pairs from a mapping.");

    private static IEnumerable<object?> Batch(object?[] a)
    {
        List<object?> batch = [];
        foreach (object? item in Iteration.Of(a[0]))
        {
            if (Equality.AreEqual((long)batch.Count, a[1]))
            {
                yield return new ListValue(batch);
                batch = [];
            }

            batch.Add(item);
        }

        if (batch.Count == 0)
        {
            yield break;
        }

        if (a[2] is not null && Ordering.Less((long)batch.Count, a[1]))
        {
            int size = Numbers.ToCount(a[1], "batch");
            RenderBudget.Items(size);
            batch.AddRange(Enumerable.Repeat(a[2], size - batch.Count));
        }

        yield return new ListValue(batch);
    }

    private static IEnumerable<object?> Slice(object?[] a)
    {
        List<object?> items = Iteration.ToList(a[0]);
        int slices = Numbers.ToCount(a[1], "slice");
        if (slices == 0)
        {
            throw ChatTemplateException.Arithmetic("integer division or modulo by zero");
        }

        int start = 0;
        for (int i = 0; i < slices; i++)
        {
            RenderBudget.Spend(1);
            bool isLonger = i < items.Count % slices;
            int count = (items.Count / slices) + (isLonger ? 1 : 0);
            List<object?> slice = items.GetRange(start, count);
            start += count;
            if (a[2] is not null && !isLonger)
            {
                slice.Add(a[2]);
            }

            yield return new ListValue(slice);
        }
    }

    private static ListValue DictSort(object?[] a)
    {
        int place = a[2] switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw ChatTemplateException.Runtime("You can only sort by either \"key\" or \"value\""),
        };
        if (a[0] is not DictValue dict)
        {
            throw Undefined.Attribute(a[0], "items").Error();
        }

        bool caseSensitive = Truth.Of(a[1]);
        return new ListValue(Ordering.Sort(
            new DictView(dict, DictViewKind.Items).Items,
            item => caseSensitive ? ((TupleValue)item!).Items[place] : IgnoreCase(((TupleValue)item!).Items[place]),
            IsReverse(a[3])));
    }

    private static ListValue Sort(object?[] a)
    {
        Func<object?, List<object?>> getters = AttributePath.Getters(a[3]);
        bool caseSensitive = Truth.Of(a[2]);
        return new ListValue(Ordering.Sort(
            Iteration.Of(a[0]),
            item => new ListValue([.. getters(item).Select(key => caseSensitive ? key : IgnoreCase(key))]),
            IsReverse(a[1])));
    }

    private static IEnumerable<object?> Unique(object?[] a)
    {
        Func<object?, object?> key = Key(a[2], a[1]);
        DictValue seen = new();
        foreach (object? item in Iteration.Of(a[0]))
        {
            object? value = key(item);
            if (!seen.Contains(value))
            {
                seen[value] = null;
                yield return item;
            }
        }
    }

    private static ListValue GroupBy(object?[] a)
    {
        Func<object?, object?> key = Key(a[1], a[3], a[2]);
        Func<object?, object?> shown = Truth.Of(a[3]) ? key : AttributePath.Getter(a[1], a[2]);
        List<object?> groups = [];
        List<object?> members = [];
        foreach (object? item in Ordering.Sort(Iteration.Of(a[0]), key))
        {
            if (members.Count > 0 && !Equality.AreEqual(key(members[0]), key(item)))
            {
                groups.Add(Group(shown(members[0]), members));
                members = [];
            }

            members.Add(item);
        }

        if (members.Count > 0)
        {
            groups.Add(Group(shown(members[0]), members));
        }

        return new ListValue(groups);
    }

    private static TupleValue Group(object? key, List<object?> members) =>
        new(key, new ListValue(members)) { Names = ["grouper", "list"] };

    private static object? Extreme(object?[] a, Func<object?, object?, bool> isBetter)
    {
        Func<object?, object?> key = Key(a[2], a[1]);
        object? best = new Undefined("No aggregated item, sequence was empty.");
        object? bestKey = null;
        bool isFirst = true;
        foreach (object? item in Iteration.Of(a[0]))
        {
            object? itemKey = key(item);
            if (isFirst || isBetter(itemKey, bestKey))
            {
                (best, bestKey, isFirst) = (item, itemKey, false);
            }
        }

        return best;
    }

    private static object? Sum(object?[] a)
    {
        if (a[2] is string or Markup)
        {
            throw ChatTemplateException.Type("sum() can't sum strings [use ''.join(seq) instead]");
        }

        Func<object?, object?> getter = AttributePath.Getter(a[1]);
        return Iteration.Of(a[0]).Aggregate(a[2], (sum, item) => Operators.Apply("+", sum, getter(item)));
    }
}
