using System.Numerics;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A range of integers, at most <see cref="MaxCount"/> of them.</summary>
internal sealed class RangeValue
{
    private const int MaxCount = 100_000;

    internal RangeValue(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero)
        {
            throw ChatTemplateException.Value("range() arg 3 must not be zero");
        }

        BigInteger span = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = span.Sign <= 0 ? 0 : (span - 1) / BigInteger.Abs(step) + 1;
        if (count > MaxCount)
        {
            throw ChatTemplateException.Arithmetic(
                $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxCount}).");
        }

        (Start, Stop, Step, Count) = (start, stop, step, (int)count);
    }

    internal BigInteger Start { get; }

    internal BigInteger Stop { get; }

    internal BigInteger Step { get; }

    internal int Count { get; }

    internal object At(int index) => Numbers.Normalize(Start + (index * Step));

    internal IEnumerable<object?> Items => Enumerable.Range(0, Count).Select(object? (index) => At(index));

    internal bool Contains(object? value) =>
        Numbers.TryExactInteger(value, out BigInteger number)
        && (Step.Sign > 0 ? number >= Start && number < Stop : number <= Start && number > Stop)
        && ((number - Start) % Step).IsZero;

    internal RangeValue Slice(int start, int step, int count) =>
        new(Start + (start * Step), Start + ((start + (count * step)) * Step), Step * step);
}
