using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Python's <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> and <c>&gt;=</c>, and sorting by them.</summary>
internal static class Ordering
{
    internal static bool Less(object? left, object? right) => Compare("<", left, right);

    internal static bool Compare(string symbol, object? left, object? right)
    {
        StackGuard.Check();
        RenderBudget.Spend(1);
        Operators.FailIfUndefined(left, right);
        switch (left, right)
        {
            case (string or Markup, string or Markup):
                return Holds(symbol, CodePoints.Compare(left.ToString()!, right.ToString()!));
            case (ListValue a, ListValue b):
                return CompareItems(symbol, a.Items, b.Items);
            case (TupleValue a, TupleValue b):
                return CompareItems(symbol, a.Items, b.Items);
            case (BytesValue a, BytesValue b):
                return Holds(symbol, a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
        }

        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
        {
            return Holds(symbol, x.CompareTo(y));
        }

        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
        {
            throw ChatTemplateException.Type(
                $"'{symbol}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
        }

        double first = AsFloat(left);
        double second = AsFloat(right);
        return symbol switch
        {
            "<" => first < second,
            "<=" => first <= second,
            ">" => first > second,
            _ => first >= second,
        };
    }

    /// <summary>A stable sort; in reverse, equal items keep their order too.</summary>
    internal static List<object?> Sort(IEnumerable<object?> items, Func<object?, object?> key, bool reverse = false)
    {
        (object? Key, object? Item)[] pairs = [.. items.Select(item => (key(item), item))];
        MergeSort(pairs, new (object?, object?)[pairs.Length], 0, pairs.Length, reverse);
        return [.. pairs.Select(pair => pair.Item)];
    }

    private static double AsFloat(object? value) => value switch
    {
        BigInteger big => Numbers.ToDouble(big),
        _ => Numbers.TryFloat(value, out double number) ? number : double.NaN,
    };

    private static bool Holds(string symbol, int comparison) => symbol switch
    {
        "<" => comparison < 0,
        "<=" => comparison <= 0,
        ">" => comparison > 0,
        _ => comparison >= 0,
    };

    // The first pair that differs decides, else the length.
    private static bool CompareItems(string symbol, IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        int shared = Math.Min(left.Count, right.Count);
        for (int i = 0; i < shared; i++)
        {
            if (!Equality.AreEqual(left[i], right[i]))
            {
                return Compare(symbol, left[i], right[i]);
            }
        }

        return Holds(symbol, left.Count.CompareTo(right.Count));
    }

    private static void MergeSort((object? Key, object? Item)[] items, (object?, object?)[] buffer, int start, int end, bool reverse)
    {
        if (end - start < 2)
        {
            return;
        }

        int middle = (start + end) / 2;
        MergeSort(items, buffer, start, middle, reverse);
        MergeSort(items, buffer, middle, end, reverse);
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++)
        {
            bool takeRight = left == middle
                || (right < end && (reverse ? Less(items[left].Key, items[right].Key) : Less(items[right].Key, items[left].Key)));
            buffer[i] = takeRight ? items[right++] : items[left++];
        }

        Array.Copy(buffer, start, items, start, end - start);
    }
}
