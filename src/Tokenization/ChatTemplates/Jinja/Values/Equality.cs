using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Python's <c>==</c>, <c>is</c> and hash.</summary>
internal static class Equality
{
    internal static bool AreEqual(object? left, object? right)
    {
        RenderBudget.Spend(1);
        if (ReferenceEquals(left, right))
        {
            return left is not double number || !double.IsNaN(number);
        }

        switch (left, right)
        {
            case (string a, string b):
                return a == b;
            case (long a, long b):
                return a == b;
            case (string or Markup, string or Markup):
                return left.ToString() == right.ToString();
            case (Undefined, Undefined):
                return true;
            case (ListValue a, ListValue b):
                return AreEqual(a.Items, b.Items);
            case (TupleValue a, TupleValue b):
                return AreEqual(a.Items, b.Items);
            case (DictValue a, DictValue b):
                return AreEqual(a, b);
            case (DictView { Kind: not DictViewKind.Values } a, DictView { Kind: not DictViewKind.Values } b):
                return a.Count == b.Count && a.Items.All(item => b.Items.Any(other => AreEqual(item, other)));
            case (RangeValue a, RangeValue b):
                return AreEqual([.. a.Items], [.. b.Items]);
            case (BytesValue a, BytesValue b):
                return a.Bytes.AsSpan().SequenceEqual(b.Bytes);
            default:
                return AreEqualNumbers(left, right);
        }
    }

    /// <summary>Whether both are one object. Python keeps one object for each small integer.</summary>
    internal static bool AreSame(object? left, object? right) => (left, right) switch
    {
        (bool a, bool b) => a == b,
        (long a, long b) => a == b && a is >= -5 and <= 256,
        (string a, string b) => ReferenceEquals(a, b) || (a.Length <= 1 && a == b),
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Values that are equal have the same hash. Fails for what can change in Python.</summary>
    internal static int Hash(object? value)
    {
        StackGuard.Check();
        RenderBudget.Spend(1);
        switch (value)
        {
            case null:
                return 0;
            case string or Markup:
                return string.GetHashCode(value.ToString(), StringComparison.Ordinal);
            case long number:
                return number.GetHashCode();
            case TupleValue tuple:
                HashCode hash = default;
                foreach (object? item in tuple.Items)
                {
                    hash.Add(Hash(item));
                }

                return hash.ToHashCode();
            case ListValue or DictValue or DictView:
                throw ChatTemplateException.Type($"unhashable type: '{TypeNames.Of(value)}'");
            case Undefined:
                return typeof(Undefined).GetHashCode();
            case RangeValue range:
                return range.Count;
            case BytesValue bytes:
                return bytes.Bytes.Length;
            default:
                return Numbers.TryExactInteger(value, out BigInteger integer)
                    ? Numbers.Normalize(integer).GetHashCode()
                    : value.GetHashCode();
        }
    }

    private static bool AreEqual(IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        StackGuard.Check();
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEqual(DictValue left, DictValue right)
    {
        StackGuard.Check();
        return left.Count == right.Count
            && left.Items.All(item => right.TryGet(item.Key, out object? other) && AreEqual(item.Value, other));
    }

    private static bool AreEqualNumbers(object? left, object? right)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
        {
            return false;
        }

        if (Numbers.TryExactInteger(left, out BigInteger a))
        {
            return Numbers.TryExactInteger(right, out BigInteger b) && a == b;
        }

        return left is double x && right is double y && x == y;
    }
}
