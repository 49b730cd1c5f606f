using System.Globalization;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Floats as Python's <c>repr</c> writes them: the shortest digits that read back, with an exponent from 1e16 on.</summary>
internal static class FloatText
{
    internal static string Repr(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        (string digits, int exponent) = ShortestDigits(Math.Abs(value));
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            char exponentSign = exponent < 0 ? '-' : '+';
            return $"{sign}{digits[0]}{fraction}e{exponentSign}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        string whole = digits.Length > exponent ? digits[..(exponent + 1)] : digits.PadRight(exponent + 1, '0');
        string rest = digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0";
        return $"{sign}{whole}.{rest}";
    }

    // Digits without leading or trailing zeros, and the exponent of the first one.
    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        if (value == 0)
        {
            return ("0", 0);
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int mantissaEnd = shortest.IndexOf('E');
        string mantissa = mantissaEnd < 0 ? shortest : shortest[..mantissaEnd];
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        if (mantissaEnd >= 0)
        {
            // One digit before the point.
            return (digits, int.Parse(shortest.AsSpan(mantissaEnd + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }

        int point = mantissa.IndexOf('.');
        string whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart('0');
        int exponent = whole.Length > 0
            ? whole.Length - 1
            : -(mantissa.AsSpan(point + 1).IndexOfAnyExcept('0') + 1);
        return (digits, exponent);
    }
}
