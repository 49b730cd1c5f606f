using System.Globalization;
using System.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>The escapes of a string literal, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static class StringEscapes
{
    internal static string Decode(ReadOnlySpan<char> literal, int line)
    {
        int next = literal.IndexOf('\\');
        if (next < 0)
        {
            return literal.ToString();
        }

        StringBuilder text = new(literal.Length);
        while (next >= 0)
        {
            text.Append(literal[..next]);
            literal = literal[(next + 1)..];
            literal = literal[DecodeOne(literal, text, line)..];
            next = literal.IndexOf('\\');
        }

        return text.Append(literal).ToString();
    }

    // Appends what stands for the escape and returns how many characters after the backslash it takes.
    private static int DecodeOne(ReadOnlySpan<char> rest, StringBuilder text, int line)
    {
        char kind = rest[0];
        switch (kind)
        {
            case '\n':
                return 1;
            case '\\' or '\'' or '"':
                text.Append(kind);
                return 1;
            case 'a':
                text.Append('\a');
                return 1;
            case 'b':
                text.Append('\b');
                return 1;
            case 'f':
                text.Append('\f');
                return 1;
            case 'n':
                text.Append('\n');
                return 1;
            case 'r':
                text.Append('\r');
                return 1;
            case 't':
                text.Append('\t');
                return 1;
            case 'v':
                text.Append('\v');
                return 1;
            case 'x':
                return AppendHex(rest, 2, text, line);
            case 'u':
                return AppendHex(rest, 4, text, line);
            case 'U':
                return AppendHex(rest, 8, text, line);
            case 'N':
                throw ChatTemplateException.Syntax("named characters (\\N{...}) are not supported, expected \\uXXXX", line);
            case >= '0' and <= '7':
                return AppendOctal(rest, text);
            default:
                return AppendUnknown(rest, text);
        }
    }

    private static int AppendHex(ReadOnlySpan<char> rest, int digits, StringBuilder text, int line)
    {
        if (rest.Length <= digits
            || !uint.TryParse(rest.Slice(1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
        {
            throw ChatTemplateException.Syntax($"truncated \\{rest[0]} escape, expected {digits} hexadecimal digits", line);
        }

        if (code > 0x10FFFF)
        {
            throw ChatTemplateException.Syntax("illegal Unicode character in an escape, expected at most 10FFFF", line);
        }

        Append(text, code);
        return digits + 1;
    }

    private static int AppendOctal(ReadOnlySpan<char> rest, StringBuilder text)
    {
        uint code = 0;
        int length = 0;
        while (length < 3 && length < rest.Length && rest[length] is >= '0' and <= '7')
        {
            code = (code * 8) + (uint)(rest[length++] - '0');
        }

        Append(text, code);
        return length;
    }

    // An unknown escape stays as it is. Python turns what is not ASCII into an escape of its own before it reads the
    // backslash, which leaves that escape's text behind.
    private static int AppendUnknown(ReadOnlySpan<char> rest, StringBuilder text)
    {
        text.Append('\\');
        if (char.IsAscii(rest[0]))
        {
            text.Append(rest[0]);
            return 1;
        }

        if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            text.Append(CultureInfo.InvariantCulture, $"u{(int)rest[0]:x4}");
            return 1;
        }

        string format = rune.Value switch
        {
            <= 0xFF => "x2",
            <= 0xFFFF => "x4",
            _ => "x8",
        };
        text.Append(format switch { "x2" => 'x', "x4" => 'u', _ => 'U' });
        text.Append(rune.Value.ToString(format, CultureInfo.InvariantCulture));
        return length;
    }

    private static void Append(StringBuilder text, uint code)
    {
        if (code <= 0xFFFF)
        {
            text.Append((char)code);
        }
        else
        {
            text.Append(char.ConvertFromUtf32((int)code));
        }
    }
}
