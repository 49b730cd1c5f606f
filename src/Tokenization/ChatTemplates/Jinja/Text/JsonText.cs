using System.Globalization;
using System.Numerics;
using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Writes JSON as Python's <c>json.dumps</c> does.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly bool _ensureAscii;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private readonly bool _sortKeys;

    private JsonText(bool ensureAscii, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
    {
        _ensureAscii = ensureAscii;
        _indent = indent;
        _itemSeparator = itemSeparator;
        _keySeparator = keySeparator;
        _sortKeys = sortKeys;
    }

    internal static string Dump(object? value, bool ensureAscii, object? indent, object? separators, bool sortKeys)
    {
        string? indentText = indent switch
        {
            null => null,
            string or Markup => indent.ToString(),
            _ => new string(' ', Math.Clamp(Numbers.ToCount(indent, "indent"), 0, 1024)),
        };
        (string item, string key) = (indentText is null ? ", " : ",", ": ");
        if (separators is not null)
        {
            (item, key) = Iteration.ToList(separators) is [string first, string second]
                ? (first, second)
                : throw ChatTemplateException.Value("separators: expected two strings");
        }

        JsonText json = new(ensureAscii, indentText, item, key, sortKeys);
        json.Write(value, depth: 0);
        return json._text.ToString();
    }

    private void Write(object? value, int depth)
    {
        StackGuard.Check();
        RenderBudget.Spend(1);
        switch (value)
        {
            case null:
                _text.Append("null");
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case string or Markup:
                WriteString(value.ToString()!);
                break;
            case long or BigInteger:
                _text.Append(Printer.Repr(value));
                break;
            case double number:
                _text.Append(Number(number));
                break;
            case ListValue list:
                WriteItems('[', list.Items, ']', depth, item => Write(item, depth + 1));
                break;
            case TupleValue tuple:
                WriteItems('[', tuple.Items, ']', depth, item => Write(item, depth + 1));
                break;
            case DictValue dict:
                WriteDict(dict, depth);
                break;
            default:
                throw ChatTemplateException.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable");
        }

        RenderBudget.Length(_text.Length);
    }

    private static string Number(double number) => double.IsFinite(number)
        ? FloatText.Repr(number)
        : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    private void WriteDict(DictValue dict, int depth)
    {
        IEnumerable<object?> keys = dict.Keys;
        if (_sortKeys)
        {
            keys = Ordering.Sort(keys, key => key);
        }

        WriteItems('{', [.. keys], '}', depth, key =>
        {
            WriteString(KeyText(key));
            _text.Append(_keySeparator);
            dict.TryGet(key, out object? value);
            Write(value, depth + 1);
        });
    }

    private static string KeyText(object? key) => key switch
    {
        string or Markup => key.ToString()!,
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => Number(number),
        long or BigInteger => Printer.Repr(key),
        _ => throw ChatTemplateException.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}"),
    };

    private void WriteItems(char open, IReadOnlyList<object?> items, char close, int depth, Action<object?> write)
    {
        _text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "" : _itemSeparator);
            WriteLineBreak(depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            WriteLineBreak(depth);
        }

        _text.Append(close);
    }

    private void WriteLineBreak(int depth)
    {
        if (_indent is null)
        {
            return;
        }

        RenderBudget.Length(_text.Length + ((long)_indent.Length * depth));
        _text.Append('\n').Insert(_text.Length, _indent, depth);
    }

    private void WriteString(string text)
    {
        RenderBudget.Length((long)_text.Length + text.Length);
        _text.Append('"');
        foreach (char c in RenderBudget.Text(text))
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\f' => _text.Append("\\f"),
                '\b' => _text.Append("\\b"),
                _ when c < ' ' || (_ensureAscii && c > '~') => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
