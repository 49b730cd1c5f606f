using System.Globalization;
using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Filters of numbers.</summary>
internal static class NumberFilters
{
    internal static readonly Builtin[] All =
    [
        new("abs(x)", Abs),
        new("round(value, precision=0, method='common')", Round),
        new("int(value, default=0, base=10)", a => ToInteger(a[0], a[2]) ?? a[1]),
        new("float(value, default=...)", a => ToFloat(a[0]) ?? (a[1] == Signature.NotGiven ? 0.0 : a[1])),
        new("filesizeformat(value, binary=False)", FileSize),
    ];

    private static object? Abs(object?[] a)
    {
        return a[0] is double number
            ? Math.Abs(number)
            : Numbers.TryInteger(a[0], out BigInteger integer)
                ? Numbers.Normalize(BigInteger.Abs(integer))
                : throw ChatTemplateException.Type($"bad operand type for abs(): '{TypeNames.Of(a[0])}'");
    }

    private static object? Round(object?[] a)
    {
        string method = a[2] as string ?? "";
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw ChatTemplateException.Runtime("method must be common, ceil or floor");
        }

        int digits = a[1] is null && method == "common" ? 0 : Numbers.ToCount(a[1], "round");
        if (method == "common")
        {
            return Numbers.TryInteger(a[0], out BigInteger integer)
                ? RoundInteger(integer, digits, fraction: 0)
                : a[0] is double number
                    ? a[1] is null ? Numbers.Normalize(Integer(Math.Round(number, MidpointRounding.ToEven))) : RoundFloat(number, digits)
                    : throw ChatTemplateException.Type($"type {TypeNames.Of(a[0])} doesn't define __round__ method");
        }

        object? scale = Operators.Apply("**", 10L, a[1]);
        double scaled = Numbers.TryFloat(Operators.Apply("*", a[0], scale), out double product)
            ? product
            : throw ChatTemplateException.Type($"must be real number, not {TypeNames.Of(a[0])}");
        BigInteger whole = Integer(method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled));
        return Operators.Apply("/", Numbers.Normalize(whole), scale);
    }

    // Half to even, at a power of ten.
    private static object RoundInteger(BigInteger value, int digits, double fraction)
    {
        if (digits >= 0)
        {
            return Numbers.Normalize(value);
        }

        if (-(long)digits > value.GetBitLength())
        {
            return 0L;
        }

        BigInteger unit = BigInteger.Pow(10, -digits);
        BigInteger below = Integers.FloorDivide(value, unit);
        int comparison = ((value - (below * unit)) * 2).CompareTo(unit);
        bool up = comparison > 0 || (comparison == 0 && (fraction > 0 || !below.IsEven));
        return Numbers.Normalize((up ? below + 1 : below) * unit);
    }

    // On the decimal digits of the exact value, as Python does.
    private static double RoundFloat(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 323)
        {
            return value;
        }

        if (digits >= 0)
        {
            return double.Parse(
                value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture);
        }

        double magnitude = Math.Abs(value);
        double whole = Math.Floor(magnitude);
        return digits < -308
            ? 0 * value
            : ToDouble(RoundInteger(new BigInteger(whole), digits, magnitude - whole), value);
    }

    private static double ToDouble(object rounded, double original) =>
        Math.CopySign(Numbers.TryFloat(rounded, out double number) ? Math.Abs(number) : 0, original);

    private static BigInteger Integer(double value) => double.IsFinite(value)
        ? new BigInteger(value)
        : throw ChatTemplateException.Arithmetic("cannot convert float infinity or NaN to integer");

    private static object? ToInteger(object? value, object? radix)
    {
        Operators.FailIfUndefined(value, value);
        if (Numbers.TryInteger(value, out BigInteger integer))
        {
            return Numbers.Normalize(integer);
        }

        if (value is double number)
        {
            return double.IsFinite(number)
                ? Numbers.Normalize(new BigInteger(Math.Truncate(number)))
                : double.IsNaN(number) ? null : throw ChatTemplateException.Arithmetic("cannot convert float infinity to integer");
        }

        if (value is not (string or Markup))
        {
            return null;
        }

        // "42.23" is 42.
        object? whole = Numbers.TryInteger(radix, out _)
            ? NumberText.ParseInteger(value.ToString()!, Numbers.ToCount(radix, "int"))
            : null;
        return whole ?? (NumberText.ParseFloat(value.ToString()!) is { } parsed && double.IsFinite(parsed)
            ? Numbers.Normalize(new BigInteger(Math.Truncate(parsed)))
            : null);
    }

    private static object? ToFloat(object? value)
    {
        Operators.FailIfUndefined(value, value);
        if (value is string or Markup)
        {
            return NumberText.ParseFloat(value.ToString()!);
        }

        return Numbers.TryFloat(value, out double number) ? number : null;
    }

    private static string FileSize(object?[] a)
    {
        double size = ToFloat(a[0]) as double? ?? throw (a[0] is string or Markup
            ? ChatTemplateException.Value("could not convert string to float")
            : ChatTemplateException.Type($"float() argument must be a string or a real number, not '{TypeNames.Of(a[0])}'"));
        bool isBinary = Truth.Of(a[1]);
        double step = isBinary ? 1024 : 1000;
        if (size == 1)
        {
            return "1 Byte";
        }

        if (size < step)
        {
            return $"{Printer.Integer(Integer(Math.Truncate(size)))} Bytes";
        }

        const string Prefixes = "kMGTPEZY";
        double unit = step;
        int place = 0;
        while (place < Prefixes.Length - 1 && size >= unit * step)
        {
            unit *= step;
            place++;
        }

        string prefix = isBinary ? char.ToUpperInvariant(Prefixes[place]) + "iB" : Prefixes[place] + "B";
        return new FormatSpec { Type = 'f', Precision = 1 }.FormatFloat(size / unit) + " " + prefix;
    }
}
