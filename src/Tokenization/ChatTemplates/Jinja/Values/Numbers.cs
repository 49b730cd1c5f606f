using System.Numerics;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>
/// Integers of any size are <see cref="long"/> where they fit and <see cref="BigInteger"/> elsewhere; a bool is the
/// integer 0 or 1.
/// </summary>
internal static class Numbers
{
    internal static object Normalize(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    internal static bool IsNumber(object? value) => value is bool or long or double or BigInteger;

    /// <summary>A bool or an integer.</summary>
    internal static bool TryInteger(object? value, out BigInteger integer)
    {
        switch (value)
        {
            case long number:
                integer = number;
                return true;
            case bool flag:
                integer = flag ? BigInteger.One : BigInteger.Zero;
                return true;
            case BigInteger big:
                integer = big;
                return true;
            default:
                integer = default;
                return false;
        }
    }

    /// <summary>As <see cref="TryInteger"/>, and a float without a fraction too.</summary>
    internal static bool TryExactInteger(object? value, out BigInteger integer)
    {
        if (value is double number && double.IsFinite(number) && Math.Floor(number) == number)
        {
            integer = new BigInteger(number);
            return true;
        }

        return TryInteger(value, out integer);
    }

    internal static bool TryFloat(object? value, out double number)
    {
        switch (value)
        {
            case double d:
                number = d;
                return true;
            case long l:
                number = l;
                return true;
            case bool flag:
                number = flag ? 1 : 0;
                return true;
            case BigInteger big:
                number = ToDouble(big);
                return double.IsFinite(number) ? true : throw ChatTemplateException.Arithmetic("int too large to convert to float");
            default:
                number = 0;
                return false;
        }
    }

    /// <summary>The nearest float, ties to even; infinite when there is none.</summary>
    internal static double ToDouble(BigInteger value)
    {
        BigInteger magnitude = BigInteger.Abs(value);
        int shift = (int)Math.Max(0, magnitude.GetBitLength() - 64);
        ulong top = (ulong)(magnitude >> shift);
        if (!(magnitude & ((BigInteger.One << shift) - 1)).IsZero)
        {
            // What is cut off must not look like a tie.
            top |= 1;
        }

        double nearest = Math.ScaleB((double)top, shift);
        return value.Sign < 0 ? -nearest : nearest;
    }

    /// <summary>An argument that has to be an integer and is cut to the range of int: enough for lengths and counts.</summary>
    internal static int ToCount(object? value, string what)
    {
        if (!TryInteger(value, out BigInteger integer))
        {
            throw ChatTemplateException.Type($"{what}: '{TypeNames.Of(value)}' object cannot be interpreted as an integer");
        }

        return (int)BigInteger.Clamp(integer, int.MinValue + 1, int.MaxValue);
    }
}
