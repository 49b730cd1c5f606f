using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>
/// Attributes and items, within the sandbox: there is no reflection, a value has the attributes listed here and no
/// others; underscore attributes and methods that would change a value are refused.
/// </summary>
internal static class Attributes
{
    private static readonly HashSet<string> ListChanges =
        ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];

    private static readonly HashSet<string> DictChanges = ["clear", "pop", "popitem", "setdefault", "update"];

    // What every object of Python has. They exist, so that they are refused and not looked up as items.
    private static readonly HashSet<string> ObjectAttributes =
    [
        "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__",
        "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__",
        "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
    ];

    /// <summary><c>target.name</c>: the attribute, else the item, else undefined.</summary>
    internal static object? Get(object? target, string name)
    {
        if (TryGet(target, name, out object? value))
        {
            return value;
        }

        return TryGetItem(target, name, out value) ? value : Undefined.Attribute(target, name);
    }

    /// <summary><c>target[key]</c>: the item, else the attribute, else undefined.</summary>
    internal static object? GetItem(object? target, object? key)
    {
        if (TryGetItem(target, key, out object? value))
        {
            return value;
        }

        return key is string or Markup && TryGet(target, key.ToString()!, out value) ? value : Undefined.Attribute(target, key);
    }

    /// <summary>Whether the value has the attribute; for one that the sandbox refuses the value is undefined.</summary>
    internal static bool TryGet(object? target, string name, out object? value)
    {
        if (target is IHasAttributes own && own.TryGetAttribute(name, out value))
        {
            if (name.StartsWith('_'))
            {
                value = Undefined.Unsafe(target, name);
            }

            return true;
        }

        if (ObjectAttributes.Contains(name)
            || (target is ListValue && ListChanges.Contains(name))
            || (target is DictValue && DictChanges.Contains(name)))
        {
            value = Undefined.Unsafe(target, name);
            return true;
        }

        if (target is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (Numbers.IsNumber(target) && NumberMethods.TryGetProperty(target, name, out value))
        {
            return true;
        }

        bool found = MethodsOf(target).TryGetValue(name, out Builtin? method);
        value = found ? FunctionValue.Method(target, method!) : null;
        return found;
    }

    /// <summary><c>target[start:stop:step]</c>.</summary>
    internal static object? GetSlice(object? target, object? start, object? stop, object? step)
    {
        switch (target)
        {
            case string text:
                return CodePoints.Slice(text, start, stop, step);
            case Markup markup:
                return new Markup(CodePoints.Slice(markup.Text, start, stop, step));
            case ListValue list:
                return new ListValue(Slice(list.Items, start, stop, step));
            case TupleValue tuple:
                return new TupleValue(Slice(tuple.Items, start, stop, step));
            case BytesValue bytes:
                return new BytesValue([.. SliceRange.Of(start, stop, step, bytes.Bytes.Length).Indexes.Select(i => bytes.Bytes[i])]);
            case RangeValue range:
                SliceRange part = SliceRange.Of(start, stop, step, range.Count);
                return range.Slice(part.Start, part.Step, part.Count);
            case Undefined undefined:
                throw undefined.Error();
            case DictValue:
                throw ChatTemplateException.Type("unhashable type: 'slice'");
            default:
                throw ChatTemplateException.Type($"'{TypeNames.Of(target)}' object is not subscriptable");
        }
    }

    private static object?[] Slice(IReadOnlyList<object?> items, object? start, object? stop, object? step)
    {
        SliceRange range = SliceRange.Of(start, stop, step, items.Count);
        RenderBudget.Items(range.Count);
        return [.. range.Indexes.Select(index => items[index])];
    }

    private static bool TryGetItem(object? target, object? key, out object? value)
    {
        value = null;
        switch (target)
        {
            case Undefined undefined:
                throw undefined.Error();
            case DictValue dict:
                return key is not (ListValue or DictValue or DictView) && dict.TryGet(key, out value);
            case TupleValue or ListValue or string or Markup or RangeValue or BytesValue:
                return Numbers.TryInteger(key, out BigInteger index) && TryGetAt(target, index, out value);
            default:
                return false;
        }
    }

    private static bool TryGetAt(object target, BigInteger index, out object? value)
    {
        value = null;
        int length = Truth.Length(target);
        if (index.Sign < 0)
        {
            index += length;
        }

        if (index.Sign < 0 || index >= length)
        {
            return false;
        }

        int at = (int)index;
        value = target switch
        {
            ListValue list => list.Items[at],
            TupleValue tuple => tuple.Items[at],
            RangeValue range => range.At(at),
            BytesValue bytes => (long)bytes.Bytes[at],
            string text => CodePoints.Slice(text, (long)at, at + 1L, null),
            _ => new Markup(CodePoints.Slice(target.ToString()!, (long)at, at + 1L, null)),
        };
        return true;
    }

    private static Dictionary<string, Builtin> MethodsOf(object? target) => target switch
    {
        string or Markup => StringMethods.All,
        ListValue => SequenceMethods.List,
        TupleValue or RangeValue => SequenceMethods.All,
        DictValue => DictMethods.All,
        BytesValue => BytesMethods.All,
        double => NumberMethods.Float,
        bool or long or BigInteger => NumberMethods.Integer,
        _ => NoMethods,
    };

    private static readonly Dictionary<string, Builtin> NoMethods = [];
}
