using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Arithmetic of all types: <c>+ - * / // % **</c> and signs.</summary>
internal static class Operators
{
    internal static object? Apply(string symbol, object? left, object? right)
    {
        if (symbol == "%" && left is string or Markup)
        {
            return PercentFormat.Format(left, right);
        }

        FailIfUndefined(left, right);
        switch (symbol)
        {
            case "+" when TryJoin(left, right, out object? joined):
                return joined;
            case "*" when TryRepeat(left, right, out object? repeated):
                return repeated;
        }

        if (left is long a && right is long b && TryFast(symbol, a, b, out long fast))
        {
            return fast;
        }

        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
        {
            return Integers.Apply(symbol, x, y);
        }

        if (Numbers.TryFloat(left, out double first) && Numbers.TryFloat(right, out double second))
        {
            return Floats.Apply(symbol, first, second);
        }

        throw ChatTemplateException.Type(symbol == "+" && left is string or Markup or ListValue or TupleValue
            ? $"can only concatenate {TypeNames.Of(left)} (not \"{TypeNames.Of(right)}\") to {TypeNames.Of(left)}"
            : $"unsupported operand type(s) for {symbol}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
    }

    internal static object? Negate(object? value)
    {
        FailIfUndefined(value, value);
        return value switch
        {
            double number => -number,
            _ when Numbers.TryInteger(value, out BigInteger integer) => Numbers.Normalize(-integer),
            _ => throw ChatTemplateException.Type($"bad operand type for unary -: '{TypeNames.Of(value)}'"),
        };
    }

    internal static object? Plus(object? value)
    {
        FailIfUndefined(value, value);
        return value switch
        {
            double => value,
            _ when Numbers.TryInteger(value, out BigInteger integer) => Numbers.Normalize(integer),
            _ => throw ChatTemplateException.Type($"bad operand type for unary +: '{TypeNames.Of(value)}'"),
        };
    }

    internal static void FailIfUndefined(object? left, object? right)
    {
        if ((left as Undefined ?? right as Undefined) is { } undefined)
        {
            throw undefined.Error();
        }
    }

    private static bool TryFast(string symbol, long left, long right, out long result)
    {
        Int128 wide = symbol switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" => (Int128)left * right,
            _ => Int128.MaxValue,
        };
        result = unchecked((long)wide);
        return wide == result;
    }

    private static bool TryJoin(object? left, object? right, out object? joined)
    {
        joined = (left, right) switch
        {
            (string a, string b) => RenderBudget.Text(Join(a, b)),
            (Markup or string, Markup or string) =>
                new Markup(RenderBudget.Text(Join(Markup.Escape(left).Text, Markup.Escape(right).Text))),
            (ListValue a, ListValue b) => new ListValue(Join(a.Items, b.Items)),
            (TupleValue a, TupleValue b) => new TupleValue(Join(a.Items, b.Items)),
            (BytesValue a, BytesValue b) => new BytesValue([.. a.Bytes, .. b.Bytes]),
            _ => null,
        };
        return joined is not null;
    }

    private static string Join(string left, string right)
    {
        RenderBudget.Length((long)left.Length + right.Length);
        return left + right;
    }

    private static object?[] Join(IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        RenderBudget.Items((long)left.Count + right.Count);
        return [.. left, .. right];
    }

    private static bool TryRepeat(object? left, object? right, out object? repeated)
    {
        (object? sequence, object? times) = left is string or Markup or ListValue or TupleValue ? (left, right) : (right, left);
        repeated = null;
        if (sequence is not (string or Markup or ListValue or TupleValue) || !Numbers.TryInteger(times, out BigInteger number))
        {
            return false;
        }

        int count = (int)BigInteger.Clamp(number, 0, int.MaxValue);
        repeated = sequence switch
        {
            string text => Repeat(text, count),
            Markup markup => new Markup(Repeat(markup.Text, count)),
            ListValue list => new ListValue(Repeat(list.Items, count)),
            _ => new TupleValue(Repeat(((TupleValue)sequence).Items, count)),
        };
        return true;
    }

    private static string Repeat(string text, int count)
    {
        RenderBudget.Length((long)text.Length * count);
        return RenderBudget.Text(string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : count)));
    }

    private static object?[] Repeat(IReadOnlyList<object?> items, int count)
    {
        RenderBudget.Items((long)items.Count * count);
        return [.. Enumerable.Repeat(items, items.Count == 0 ? 0 : count).SelectMany(copy => copy)];
    }
}
