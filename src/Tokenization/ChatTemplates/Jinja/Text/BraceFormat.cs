using System.Globalization;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Python's <c>str.format</c>: fields in braces, whose attributes and items are looked up in the sandbox.</summary>
internal sealed class BraceFormat
{
    // As in Python: a field's format may hold fields, and those none.
    private const int MaxDepth = 2;

    private readonly IReadOnlyList<object?> _positional;
    private readonly DictValue _keywords;
    private readonly bool _escapes;
    private int _next;
    private bool _usesNumbers;

    private BraceFormat(IReadOnlyList<object?> positional, DictValue keywords, bool escapes)
    {
        _positional = positional;
        _keywords = keywords;
        _escapes = escapes;
    }

    internal static object Format(object? format, IReadOnlyList<object?> positional, DictValue keywords)
    {
        BraceFormat formatter = new(positional, keywords, format is Markup);
        string text = formatter.Run(format!.ToString()!, MaxDepth);
        return format is Markup ? new Markup(text) : text;
    }

    private string Run(string format, int depth)
    {
        if (depth < 0)
        {
            throw ChatTemplateException.Value("Max string recursion exceeded");
        }

        OutputBuffer text = new();
        int at = 0;
        while (at < format.Length)
        {
            int next = format.AsSpan(at).IndexOfAny('{', '}');
            if (next < 0)
            {
                text.Append(format[at..]);
                break;
            }

            text.Append(format.Substring(at, next));
            at += next;
            char brace = format[at];
            if (at + 1 < format.Length && format[at + 1] == brace)
            {
                text.Append(brace.ToString());
                at += 2;
                continue;
            }

            if (brace == '}')
            {
                throw ChatTemplateException.Value("Single '}' encountered in format string");
            }

            int end = FieldEnd(format, at + 1);
            text.Append(Field(format[(at + 1)..end], depth));
            at = end + 1;
        }

        return text.ToString();
    }

    private static int FieldEnd(string format, int at)
    {
        for (int depth = 1; at < format.Length; at++)
        {
            depth += format[at] switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (depth == 0)
            {
                return at;
            }
        }

        throw ChatTemplateException.Value("expected '}' before end of string");
    }

    private string Field(string field, int depth)
    {
        // An item's key may hold a colon.
        int nameEnd = 0;
        bool inBrackets = false;
        while (nameEnd < field.Length && (inBrackets || field[nameEnd] is not (':' or '!')))
        {
            inBrackets = field[nameEnd] == '[' || (inBrackets && field[nameEnd] != ']');
            nameEnd++;
        }

        object? value = Lookup(field[..nameEnd]);
        string rest = field[nameEnd..];
        if (rest.StartsWith('!'))
        {
            value = rest.Length < 2 || (rest.Length > 2 && rest[2] != ':')
                ? throw ChatTemplateException.Value("expected ':' after conversion specifier")
                : Converted(value, rest[1]);
            rest = rest[2..];
        }

        string spec = rest.Length > 0 ? Run(rest[1..], depth - 1) : "";
        if (_escapes && value is Markup && spec.Length == 0)
        {
            return value.ToString()!;
        }

        string text = FormatSpec.Parse(spec).Format(value);
        return _escapes ? Markup.Escape(text).Text : text;
    }

    private static string Converted(object? value, char conversion) => conversion switch
    {
        's' => Printer.Str(value),
        'r' or 'a' => Printer.Repr(value),
        _ => throw ChatTemplateException.Value($"Unknown conversion specifier '{conversion}'"),
    };

    private object? Lookup(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        object? value = First(end < 0 ? name : name[..end]);
        int at = end < 0 ? name.Length : end;
        while (at < name.Length)
        {
            if (name[at] == '.')
            {
                int next = name.AsSpan(at + 1).IndexOfAny('.', '[');
                int stop = next < 0 ? name.Length : at + 1 + next;
                value = Attributes.Get(value, name[(at + 1)..stop]);
                at = stop;
            }
            else if (name[at] == '[' && name.IndexOf(']', at) is > 0 and int close)
            {
                string key = name[(at + 1)..close];
                value = Attributes.GetItem(value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : key);
                at = close + 1;
            }
            else
            {
                throw ChatTemplateException.Value("Only '.' or '[' may follow ']' in format field specifier");
            }
        }

        return value;
    }

    private object? First(string name)
    {
        if (name.Length > 0 && !name.All(char.IsAsciiDigit))
        {
            return _keywords.TryGet(name, out object? value)
                ? value
                : throw ChatTemplateException.Value($"KeyError: '{ErrorText.Cut(name)}'");
        }

        bool isNumbered = name.Length > 0;
        if ((isNumbered && _next > 0) || (!isNumbered && _usesNumbers))
        {
            throw ChatTemplateException.Value("cannot switch between manual field specification and automatic field numbering");
        }

        _usesNumbers |= isNumbered;
        bool parsed = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        index = isNumbered ? (parsed ? index : int.MaxValue) : _next++;
        return index < _positional.Count
            ? _positional[index]
            : throw ChatTemplateException.Value("Replacement index out of range for positional args tuple");
    }
}
