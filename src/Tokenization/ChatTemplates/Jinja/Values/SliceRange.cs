using System.Numerics;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Which items of a sequence <c>[start:stop:step]</c> means.</summary>
internal readonly record struct SliceRange(int Start, int Step, int Count)
{
    internal static SliceRange Of(object? start, object? stop, object? step, int length)
    {
        int stride = step is null ? 1 : Bound(step);
        if (stride == 0)
        {
            throw ChatTemplateException.Value("slice step cannot be zero");
        }

        int lowest = stride > 0 ? 0 : -1;
        int highest = stride > 0 ? length : length - 1;
        int first = start is null ? (stride > 0 ? lowest : highest) : Place(start, length, lowest, highest);
        int end = stop is null ? (stride > 0 ? highest : lowest) : Place(stop, length, lowest, highest);
        long span = stride > 0 ? (long)end - first : (long)first - end;
        int count = span <= 0 ? 0 : (int)((span - 1) / Math.Abs((long)stride)) + 1;
        return new SliceRange(first, stride, count);
    }

    internal IEnumerable<int> Indexes
    {
        get
        {
            for (int i = 0; i < Count; i++)
            {
                yield return Start + (i * Step);
            }
        }
    }

    private static int Bound(object? value) => Numbers.TryInteger(value, out BigInteger number)
        ? (int)BigInteger.Clamp(number, int.MinValue + 1, int.MaxValue)
        : throw ChatTemplateException.Type("slice indices must be integers or None or have an __index__ method");

    private static int Place(object value, int length, int lowest, int highest)
    {
        long place = Bound(value);
        return (int)Math.Clamp(place < 0 ? place + length : place, lowest, highest);
    }
}
