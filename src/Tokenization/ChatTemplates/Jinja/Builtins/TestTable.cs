using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>The tests: what may stand after <c>is</c>.</summary>
internal static class TestTable
{
    private static readonly Dictionary<string, Builtin> All = Builtin.Table(
    [
        new Builtin("odd(value)", a => IsRemainder(a[0], 2L, 1L)),
        new Builtin("even(value)", a => IsRemainder(a[0], 2L, 0L)),
        new Builtin("divisibleby(value, num)", a => IsRemainder(a[0], a[1], 0L)),
        new Builtin("defined(value)", a => a[0] is not Undefined),
        new Builtin("undefined(value)", a => a[0] is Undefined),
        new Builtin("filter(value)", a => IsKnown(a[0], FilterTable.Find)),
        new Builtin("test(value)", a => IsKnown(a[0], Find)),
        new Builtin("none(value)", a => a[0] is null),
        new Builtin("boolean(value)", a => a[0] is bool),
        new Builtin("true(value)", a => a[0] is true),
        new Builtin("false(value)", a => a[0] is false),
        new Builtin("integer(value)", a => a[0] is long or BigInteger),
        new Builtin("float(value)", a => a[0] is double),
        new Builtin("number(value)", a => Numbers.IsNumber(a[0])),
        new Builtin("string(value)", a => a[0] is string or Markup),
        new Builtin("lower(value)", a => CaseMapping.IsLower(Printer.Str(a[0]))),
        new Builtin("upper(value)", a => CaseMapping.IsUpper(Printer.Str(a[0]))),
        new Builtin("mapping(value)", a => a[0] is DictValue),
        new Builtin("sequence(value)", a => a[0] is string or Markup or ListValue or TupleValue or DictValue or RangeValue or BytesValue or Undefined),
        new Builtin("iterable(value)", a => Iteration.IsIterable(a[0])),
        new Builtin("callable(value)", a => a[0] is ICallable and not LoopContext or Undefined),
        new Builtin("sameas(value, other)", a => Equality.AreSame(a[0], a[1])),
        new Builtin("escaped(value)", a => a[0] is Markup),
        new Builtin("in(value, seq)", a => Iteration.Contains(a[1], a[0])),
        .. Comparisons("==", "eq", "equalto"),
        .. Comparisons("!=", "ne"),
        .. Comparisons("<", "lt", "lessthan"),
        .. Comparisons("<=", "le"),
        .. Comparisons(">", "gt", "greaterthan"),
        .. Comparisons(">=", "ge"),
    ]);

    internal static Builtin? Find(string name) => All.GetValueOrDefault(name);

    private static bool IsKnown(object? name, Func<string, Builtin?> find)
    {
        _ = Equality.Hash(name);
        return name is string or Markup && find(name.ToString()!) is not null;
    }

    private static bool IsRemainder(object? value, object? divisor, object? expected) =>
        Equality.AreEqual(Operators.Apply("%", value, divisor), expected);

    private static IEnumerable<Builtin> Comparisons(string symbol, params string[] names) =>
        names.Prepend(symbol).Select(name => new Builtin($"{name}(a, b)", a => symbol switch
        {
            "==" => Equality.AreEqual(a[0], a[1]),
            "!=" => !Equality.AreEqual(a[0], a[1]),
            _ => Ordering.Compare(symbol, a[0], a[1]),
        }));
}
