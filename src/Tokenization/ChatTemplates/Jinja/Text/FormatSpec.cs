using System.Globalization;
using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>
/// How one value is formatted: <c>[[fill]align][sign][#][0][width][,][.precision][type]</c> of Python's
/// <c>str.format</c>; the <c>%</c> operator uses the same fields.
/// </summary>
internal sealed partial record FormatSpec
{
    private const int MaxSize = 1 << 20;
    private const char NoSign = '\0';

    internal string Fill { get; init; } = " ";

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, <c>=</c> (between sign and digits), or NUL for the type's own.</summary>
    internal char Align { get; init; }

    /// <summary><c>+</c>, a space, <c>-</c> or none: only negative numbers have a sign.</summary>
    internal char Sign { get; init; } = NoSign;

    internal bool IsAlternate { get; init; }

    /// <summary>Filled with zeros, which go between sign and digits of a number unless it is aligned otherwise.</summary>
    internal bool IsZeroPadded { get; init; }

    internal int Width { get; init; }

    internal char Grouping { get; init; }

    internal int? Precision { get; init; }

    internal char Type { get; init; }

    /// <summary>A width or precision, which must not be too large.</summary>
    internal static int Size(BigInteger size) => size <= MaxSize
        ? (int)size
        : throw ChatTemplateException.Limit($"a format width or precision above {MaxSize}");

    internal string Format(object? value)
    {
        if (Numbers.TryInteger(value, out BigInteger integer) && (value is not bool || this != new FormatSpec()))
        {
            bool isInteger = Type is '\0' or 'd' or 'n' or 'b' or 'o' or 'x' or 'X' or 'c';
            Check(allowed: !isInteger || Precision is null, "Precision not allowed in integer format specifier");
            CheckGrouping();
            Check(allowed: Type != 'c' || (Sign == NoSign && !IsAlternate), "Sign and alternate form are not allowed with 'c'");
            return isInteger ? FormatInteger(integer) : FormatFloat(Numbers.TryFloat(value, out double number) ? number : 0);
        }

        if (value is double floating)
        {
            CheckGrouping();
            return FormatFloat(floating);
        }

        if (value is not (string or Markup or bool) && this != new FormatSpec())
        {
            throw ChatTemplateException.Type($"unsupported format string passed to {TypeNames.Of(value)}.__format__");
        }

        Check(allowed: Type is '\0' or 's', $"Unknown format code '{Type}' for object of type '{TypeNames.Of(value)}'");
        Check(
            allowed: Align != '=' && Sign == NoSign && Grouping == '\0' && !IsAlternate,
            "Sign, grouping, alternate form and '=' are not allowed in string format specifier");
        return FormatText(Printer.Str(value));
    }

    private static void Check(bool allowed, string message)
    {
        if (!allowed)
        {
            throw ChatTemplateException.Value(message);
        }
    }

    private void CheckGrouping() => Check(
        allowed: Grouping == '\0' || Type is not ('n' or 'c' or 's') && (Grouping == '_' || Type is not ('b' or 'o' or 'x' or 'X')),
        $"Cannot specify '{Grouping}' with '{Type}'.");

    internal string FormatText(string text)
    {
        string cut = Precision is { } precision && CodePoints.Count(text) > precision
            ? CodePoints.Slice(text, null, (long)precision, null)
            : text;
        return Pad("", cut, Align == '\0' ? '<' : Align);
    }

    internal string FormatInteger(BigInteger value)
    {
        if (Type == 'c')
        {
            return value >= 0 && value <= 0x10FFFF
                ? Pad("", CodePoints.ToText([(int)value]), Align == '\0' ? '<' : Align)
                : throw ChatTemplateException.Arithmetic("%c arg not in range(0x110000)");
        }

        BigInteger magnitude = BigInteger.Abs(value);
        (string digits, string prefix) = Type switch
        {
            'b' => (Radix(magnitude, "b"), "0b"),
            'o' => (Octal(magnitude), "0o"),
            'x' => (Radix(magnitude, "x"), "0x"),
            'X' => (Radix(magnitude, "X"), "0X"),
            _ => (Printer.Integer(magnitude), ""),
        };
        int group = Type is 'b' or 'o' or 'x' or 'X' ? 4 : 3;
        return PadNumber(value.Sign < 0, IsAlternate ? prefix : "", Precision is { } least ? digits.PadLeft(least, '0') : digits, "", group);
    }

    internal string FormatFloat(double value)
    {
        char kind = Type == '\0' ? 'r' : Type;
        bool isPercent = kind == '%';
        double magnitude = Math.Abs(isPercent ? value * 100 : value);
        bool isNegative = double.IsNegative(value) && !double.IsNaN(value);
        string text;
        if (!double.IsFinite(magnitude))
        {
            text = double.IsNaN(magnitude) ? "nan" : "inf";
        }
        else
        {
            text = char.ToLowerInvariant(kind) switch
            {
                'f' or '%' => Fixed(magnitude, Precision ?? 6) + (IsAlternate && Precision == 0 ? "." : ""),
                'e' => Exponent(magnitude, Precision ?? 6, keepPoint: IsAlternate),
                'g' or 'n' => General(magnitude, Math.Max(Precision ?? 6, 1), IsAlternate),
                'r' => Precision is null ? FloatText.Repr(magnitude) : GeneralWithPoint(magnitude, Math.Max(Precision.Value, 1)),
                _ => throw ChatTemplateException.Value($"Unknown format code '{Type}' for object of type 'float'"),
            };
        }

        text = (char.IsAsciiLetterUpper(kind) ? text.ToUpperInvariant() : text) + (isPercent ? "%" : "");
        int whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return whole < 0
            ? PadNumber(isNegative, "", text, "", 3)
            : PadNumber(isNegative, "", text[..whole], text[whole..], 3);
    }

    private static string Radix(BigInteger value, string format)
    {
        string digits = value.ToString(format, CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0" : digits;
    }

    private static string Octal(BigInteger value)
    {
        string digits = "";
        do
        {
            digits = (char)('0' + (int)(value % 8)) + digits;
            value /= 8;
        }
        while (!value.IsZero);
        return digits;
    }

    private static string Fixed(double value, int precision) =>
        value.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Exponent(double value, int precision, bool keepPoint = false)
    {
        string point = precision > 0 ? "." + new string('0', precision) : keepPoint ? "\\." : "";
        return value.ToString($"0{point}e+00", CultureInfo.InvariantCulture);
    }

    // Fixed or with an exponent, whichever is shorter, without trailing zeros.
    private static string General(double value, int precision, bool keepZeros)
    {
        int exponent = ExponentOf(value, precision);
        bool isPlain = exponent >= -4 && exponent < precision;
        string text = isPlain ? Fixed(value, precision - 1 - exponent) : Exponent(value, precision - 1);
        int mark = isPlain ? text.Length : text.IndexOf('e', StringComparison.Ordinal);
        string digits = text[..mark];
        bool hasPoint = digits.Contains('.', StringComparison.Ordinal);
        string kept = keepZeros
            ? hasPoint ? digits : digits + "."
            : hasPoint ? digits.TrimEnd('0').TrimEnd('.') : digits;
        return kept + text[mark..];
    }

    // As 'g', but a float shows that it is one.
    private static string GeneralWithPoint(double value, int precision)
    {
        int exponent = ExponentOf(value, precision);
        string text = exponent == precision - 1 ? Exponent(value, precision - 1) : General(value, precision, keepZeros: false);
        return text.AsSpan().IndexOfAny(".e") < 0 ? text + ".0" : text;
    }

    private static int ExponentOf(double value, int precision)
    {
        if (value == 0)
        {
            return 0;
        }

        string text = Exponent(value, precision - 1);
        return int.Parse(text.AsSpan(text.IndexOf('e', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private string PadNumber(bool isNegative, string prefix, string whole, string rest, int group)
    {
        string sign = isNegative ? "-" : Sign is '+' or ' ' ? Sign.ToString() : "";
        char align = Align != '\0' ? Align : IsZeroPadded ? '=' : '>';
        if (Grouping != '\0')
        {
            bool fillsWithZeros = align == '=' && Fill == "0";
            int width = fillsWithZeros ? Width - sign.Length - prefix.Length - rest.Length : 0;
            whole = Group(whole, group, width);
        }

        return Pad(sign + prefix, whole + rest, align);
    }

    private string Group(string digits, int size, int width)
    {
        List<string> groups = [];
        int length = 0;
        for (int end = digits.Length; end > 0 || length < width; end -= size)
        {
            string part = end > 0 ? digits[Math.Max(0, end - size)..end] : "";
            int room = width - length - (groups.Count > 0 ? 1 : 0);
            part = part.PadLeft(Math.Clamp(room, part.Length, size), '0');
            if (part.Length == 0)
            {
                part = "0";
            }

            groups.Add(part);
            length += part.Length + (groups.Count > 1 ? 1 : 0);
        }

        groups.Reverse();
        return string.Join(Grouping, groups);
    }

    private string Pad(string sign, string text, char align)
    {
        int missing = Width - CodePoints.Count(sign) - CodePoints.Count(text);
        if (missing <= 0)
        {
            return sign + text;
        }

        int before = align switch
        {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        string left = string.Concat(Enumerable.Repeat(Fill, before));
        string right = string.Concat(Enumerable.Repeat(Fill, missing - before));
        return RenderBudget.Text(align == '=' ? sign + left + text : left + sign + text + right);
    }
}
