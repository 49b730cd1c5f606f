using System.Globalization;
using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>Reads one token inside a tag: a number, a name, a string or an operator.</summary>
internal static class TagScanner
{
    private const int MaxDigits = 4300;

    // Longer ones first.
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=",
        "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    internal static Token Read(string source, int position, int line, out int length)
    {
        char first = source[position];
        if (char.IsAsciiDigit(first))
        {
            return ReadNumber(source, position, line, out length);
        }

        if (IsNamePart(source, position, out _))
        {
            return ReadName(source, position, line, out length);
        }

        if (first is '\'' or '"')
        {
            return ReadString(source, position, line, out length);
        }

        string? symbol = Array.Find(
            Operators, candidate => source.AsSpan(position).StartsWith(candidate, StringComparison.Ordinal));
        length = symbol?.Length ?? 0;
        return symbol is not null
            ? new Token(TokenKind.Operator, symbol, null, line)
            : throw ChatTemplateException.Syntax($"unexpected char '{first}' at {position}", line);
    }

    private static Token ReadNumber(string source, int position, int line, out int length)
    {
        if (!IsAfterDot(source, position) && TryReadFloat(source, position, out length))
        {
            double value = double.Parse(Digits(source, position, length, line), CultureInfo.InvariantCulture);
            return new Token(TokenKind.Float, "", value, line);
        }

        (int radix, int digitsStart) = source.AsSpan(position).Length > 1 && source[position] == '0'
            ? char.ToLowerInvariant(source[position + 1]) switch
            {
                'b' => (2, position + 2),
                'o' => (8, position + 2),
                'x' => (16, position + 2),
                _ => (10, position),
            }
            : (10, position);
        int end = radix == 10 ? DecimalEnd(source, position) : RadixEnd(source, digitsStart, radix);
        if (radix != 10 && end == digitsStart)
        {
            // "0x" without digits is a zero and a name.
            (radix, digitsStart, end) = (10, position, position + 1);
        }

        length = end - position;
        BigInteger integer = BigInteger.Zero;
        string digits = Digits(source, digitsStart, end - digitsStart, line);
        if (radix == 10)
        {
            integer = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }
        else
        {
            foreach (char digit in digits)
            {
                integer = (integer * radix) + Convert.ToInt32(digit.ToString(), 16);
            }
        }

        return new Token(TokenKind.Integer, "", Numbers.Normalize(integer), line);
    }

    private static string Digits(string source, int start, int length, int line) => length <= MaxDigits
        ? source.Substring(start, length).Replace("_", "", StringComparison.Ordinal)
        : throw ChatTemplateException.Syntax($"a number of {length} digits, expected at most {MaxDigits}", line);

    private static bool IsAfterDot(string source, int position) => position > 0 && source[position - 1] == '.';

    // Digits with a fraction, an exponent or both.
    private static bool TryReadFloat(string source, int position, out int length)
    {
        int end = DigitRun(source, position);
        bool isFloat = false;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            end = DigitRun(source, end + 1);
            isFloat = true;
        }

        if (end < source.Length && source[end] is 'e' or 'E')
        {
            int exponent = end + 1;
            if (exponent < source.Length && source[exponent] is '+' or '-')
            {
                exponent++;
            }

            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                end = DigitRun(source, exponent);
                isFloat = true;
            }
        }

        length = end - position;
        return isFloat;
    }

    // Digits with single underscores between them.
    private static int DigitRun(string source, int at) => Run(source, at, char.IsAsciiDigit);

    private static int DecimalEnd(string source, int at) =>
        source[at] == '0' ? Run(source, at, digit => digit == '0') : DigitRun(source, at);

    private static int RadixEnd(string source, int at, int radix)
    {
        bool IsDigit(char c) => char.IsAsciiHexDigit(c) && Convert.ToInt32(c.ToString(), 16) < radix;
        int start = at < source.Length && source[at] == '_' ? at + 1 : at;
        int end = Run(source, start, IsDigit);
        return end > start ? end : at;
    }

    private static int Run(string source, int at, Func<char, bool> isDigit)
    {
        while (at < source.Length)
        {
            if (isDigit(source[at]))
            {
                at++;
            }
            else if (source[at] == '_' && at + 1 < source.Length && isDigit(source[at + 1]) && at > 0 && isDigit(source[at - 1]))
            {
                at += 2;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static Token ReadName(string source, int position, int line, out int length)
    {
        int end = position;
        while (end < source.Length && IsNamePart(source, end, out int width))
        {
            end += width;
        }

        length = end - position;
        string name = source[position..end];
        UnicodeCategory first = CharUnicodeInfo.GetUnicodeCategory(source, position);
        bool isIdentifier = name[0] == '_' || first is >= UnicodeCategory.UppercaseLetter and <= UnicodeCategory.OtherLetter
            or UnicodeCategory.LetterNumber;
        return isIdentifier
            ? new Token(TokenKind.Name, name, null, line)
            : throw ChatTemplateException.Syntax("Invalid character in identifier", line);
    }

    private static bool IsNamePart(string source, int at, out int width)
    {
        width = char.IsSurrogatePair(source, at) ? 2 : 1;
        return source[at] == '_' || CharUnicodeInfo.GetUnicodeCategory(source, at) is
            >= UnicodeCategory.UppercaseLetter and <= UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;
    }

    private static Token ReadString(string source, int position, int line, out int length)
    {
        char quote = source[position];
        int at = position + 1;
        while (at < source.Length && source[at] != quote)
        {
            at += source[at] == '\\' ? 2 : 1;
        }

        if (at >= source.Length)
        {
            throw ChatTemplateException.Syntax($"unexpected char '{quote}' at {position}: the string has no end", line);
        }

        length = at + 1 - position;
        string value = StringEscapes.Decode(source.AsSpan(position + 1, length - 2), line);
        return new Token(TokenKind.String, "", value, line);
    }
}
