using System.Globalization;
using System.Numerics;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Numbers in text, as Python's <c>int()</c> and <c>float()</c> read them.</summary>
internal static class NumberText
{
    private const int MaxDigits = 4300;

    /// <summary>Null for a text that is no integer.</summary>
    internal static object? ParseInteger(string text, int radix)
    {
        string digits = Whitespace.Strip(text);
        bool isNegative = digits.StartsWith('-');
        if (isNegative || digits.StartsWith('+'))
        {
            digits = digits[1..];
        }

        if (radix is not 0 and (< 2 or > 36))
        {
            return null;
        }

        string prefix = digits.Length > 1 && digits[0] == '0' ? digits[..2].ToLowerInvariant() : "";
        int prefixRadix = prefix switch
        {
            "0x" => 16,
            "0o" => 8,
            "0b" => 2,
            _ => 0,
        };
        if (prefixRadix != 0 && (radix == 0 || radix == prefixRadix))
        {
            radix = prefixRadix;
            digits = digits[2..];
            digits = digits.StartsWith('_') ? digits[1..] : digits;
        }

        radix = radix == 0 ? 10 : radix;
        if (!HasPlainUnderscores(digits) || digits.Length > MaxDigits)
        {
            return null;
        }

        BigInteger value = 0;
        foreach (char c in digits.Where(c => c != '_'))
        {
            int digit = Digit(c);
            if (digit < 0 || digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return Values.Numbers.Normalize(isNegative ? -value : value);
    }

    /// <summary>Null for a text that is no number.</summary>
    internal static double? ParseFloat(string text)
    {
        string number = string.Concat(Whitespace.Strip(text).Select(AsciiDigit));
        string word = number.TrimStart('+', '-').ToLowerInvariant();
        if (word is "inf" or "infinity" or "nan" && number.Length - word.Length <= 1)
        {
            double special = word == "nan" ? double.NaN : double.PositiveInfinity;
            return number.StartsWith('-') ? -special : special;
        }

        string plain = number.Replace("_", "", StringComparison.Ordinal);
        bool isFine = plain.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E')
            && number.Split('_').SkipLast(1).All(part => part.Length > 0 && char.IsAsciiDigit(part[^1]))
            && number.Split('_').Skip(1).All(part => part.Length > 0 && char.IsAsciiDigit(part[0]));
        return isFine && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    private static bool HasPlainUnderscores(string digits) => digits.Length > 0
        && digits[0] != '_' && digits[^1] != '_' && !digits.Contains("__", StringComparison.Ordinal);

    private static char AsciiDigit(char c) =>
        CharUnicodeInfo.GetDecimalDigitValue(c) is >= 0 and int value ? (char)('0' + value) : c;

    private static int Digit(char c)
    {
        int value = CharUnicodeInfo.GetDecimalDigitValue(c);
        return value >= 0 ? value : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : -1;
    }
}
