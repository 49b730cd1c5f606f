using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>The functions that every template sees.</summary>
internal static class Globals
{
    internal static readonly IReadOnlyDictionary<string, object?> All = new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["range"] = Function(new Builtin("range(start, stop=..., step=1)", Range)),
        ["dict"] = new FunctionValue("dict", (_, arguments) => Dict(arguments))
        {
            Attributes = Builtin.Table(new Builtin("fromkeys(keys, value=None)", a => DictMethods.FromKeys(a[0], a[1]))),
        },
        ["namespace"] = new FunctionValue("namespace", (_, arguments) => Namespace(arguments)),
        ["cycler"] = Function(new Builtin("cycler(*items)", a => new CyclerValue(((TupleValue)a[0]!).Items))),
        ["joiner"] = Function(new Builtin("joiner(sep=...)", a => Joiner(a[0] == Signature.NotGiven ? ", " : a[0]))),
        ["lipsum"] = Function(new Builtin("lipsum(n=5, html=True, min=20, max=100)", Lipsum)),
        ["raise_exception"] = Function(new Builtin("raise_exception(message)", a =>
            throw new ChatTemplateException(ChatTemplateErrorKind.Raised, Printer.Str(a[0])))),
        ["strftime_now"] = Function(new Builtin("strftime_now(format)", (interpreter, a) =>
            DateText.Format(interpreter.Clock.GetLocalNow(), RequireText(a[0], "strftime_now")))),
    };

    private static FunctionValue Function(Builtin builtin) =>
        new(builtin.Name, (interpreter, arguments) => builtin.Invoke(interpreter, arguments));

    private static string RequireText(object? value, string function) => value is string or Markup
        ? value.ToString()!
        : throw ChatTemplateException.Type($"{function}() argument 1 must be str, not {TypeNames.Of(value)}");

    private static RangeValue Range(object?[] a)
    {
        BigInteger Bound(object? value) => Numbers.TryInteger(value, out BigInteger integer)
            ? integer
            : throw ChatTemplateException.Type($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer");
        return a[1] == Signature.NotGiven
            ? new RangeValue(0, Bound(a[0]), 1)
            : new RangeValue(Bound(a[0]), Bound(a[1]), Bound(a[2]));
    }

    // From a dictionary or pairs, then keywords.
    private static DictValue Dict(Arguments arguments)
    {
        DictValue dict = new();
        AddPairs(arguments, "dict", (key, value) => dict[key] = value);
        return dict;
    }

    private static NamespaceValue Namespace(Arguments arguments)
    {
        NamespaceValue space = new();
        AddPairs(arguments, "namespace", space.Set);
        return space;
    }

    private static void AddPairs(Arguments arguments, string function, Action<object?, object?> add)
    {
        if (arguments.Positional.Count > 1)
        {
            throw ChatTemplateException.Type($"{function} expected at most 1 argument, got {arguments.Positional.Count}");
        }

        foreach (object? source in arguments.Positional)
        {
            foreach ((object? key, object? value) in Pairs(source))
            {
                add(key, value);
            }
        }

        foreach ((string name, object? value) in arguments.Keywords)
        {
            if (name.StartsWith('_'))
            {
                throw ChatTemplateException.Security($"underscore-prefixed names are not allowed in {function}(), got '{ErrorText.Cut(name)}'");
            }

            add(name, value);
        }
    }

    private static IEnumerable<KeyValuePair<object?, object?>> Pairs(object? source)
    {
        if (source is DictValue dict)
        {
            return dict.Items;
        }

        return Iteration.ToList(source).Select(pair => Iteration.ToList(pair) is [var key, var value]
            ? KeyValuePair.Create(key, value)
            : throw ChatTemplateException.Value("dictionary update sequence elements must be pairs"));
    }

    private static FunctionValue Joiner(object? separator)
    {
        bool used = false;
        return new FunctionValue("joiner", (_, _) =>
        {
            object? text = used ? separator : "";
            used = true;
            return text;
        });
    }

    // Filler text is of no use in a prompt; the same words each time keep a rendering repeatable.
    private static string Lipsum(object?[] a)
    {
        const string Words = "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore.";
        int count = Math.Clamp(Numbers.ToCount(a[0], "lipsum"), 0, 1000);
        bool html = Truth.Of(a[1]);
        return string.Join(html ? "\n" : "\n\n", Enumerable.Repeat(html ? $"<p>{Words}</p>" : Words, count));
    }
}
