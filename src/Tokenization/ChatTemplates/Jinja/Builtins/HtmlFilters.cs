using System.Buffers;
using System.Net;
using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Filters for HTML and URLs.</summary>
internal static class HtmlFilters
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\n\r\f\v/>=");

    internal static readonly Builtin[] All =
    [
        new("escape(s)", a => Markup.Escape(a[0])),
        new("forceescape(value)", a => Markup.Escape(Printer.Str(a[0]))),
        new("safe(value)", a => a[0] as Markup ?? new Markup(Printer.Str(a[0]))),
        new("striptags(value)", a => StripTags(RenderBudget.Text(Printer.Str(a[0])))),
        new("urlencode(value)", UrlEncode),
        new("xmlattr(d, autospace=True)", XmlAttributes),
    ];

    // Comments first: they may hold tags. White space becomes single spaces.
    private static string StripTags(string text)
    {
        string withoutTags = Cut(Cut(text, "<!--", "-->"), "<", ">");
        return WebUtility.HtmlDecode(string.Join(' ', TextSearch.SplitWords(withoutTags, -1)));
    }

    private static string Cut(string text, string open, string close)
    {
        StringBuilder kept = new(text.Length);
        int at = 0;
        while (true)
        {
            int start = text.IndexOf(open, at, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.IndexOf(close, start, StringComparison.Ordinal);
            if (end < 0)
            {
                return kept.Append(text, at, text.Length - at).ToString();
            }

            kept.Append(text, at, start - at);
            at = end + close.Length;
        }
    }

    // A text as part of a path; a dictionary or pairs as a query.
    private static string UrlEncode(object?[] a)
    {
        if (a[0] is string or Markup || !Iteration.IsIterable(a[0]))
        {
            return Quote(a[0], isQuery: false);
        }

        object? pairs = a[0] is DictValue dict ? new DictView(dict, DictViewKind.Items) : a[0];
        return string.Join('&', Iteration.ToList(pairs).Select(pair => Iteration.ToList(pair) is [var key, var value]
            ? $"{Quote(key, isQuery: true)}={Quote(value, isQuery: true)}"
            : throw ChatTemplateException.Value("urlencode: expected pairs of key and value")));
    }

    private static string Quote(object? value, bool isQuery)
    {
        byte[] bytes = value is BytesValue raw ? raw.Bytes : BytesMethods.Encode(Printer.Str(value), "utf-8", "strict").Bytes;
        StringBuilder quoted = new(bytes.Length);
        foreach (byte b in bytes)
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !isQuery))
            {
                quoted.Append(c);
            }
            else if (c == ' ' && isQuery)
            {
                quoted.Append('+');
            }
            else
            {
                quoted.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return RenderBudget.Text(quoted.ToString());
    }

    private static object? XmlAttributes(Interpreter interpreter, object?[] a)
    {
        if (a[0] is not DictValue dict)
        {
            throw Undefined.Attribute(a[0], "items").Error();
        }

        OutputBuffer text = new();
        foreach ((object? key, object? value) in dict.Items.Where(item => item.Value is not (null or Undefined)))
        {
            string name = StringMethods.Text(key);
            if (name.AsSpan().IndexOfAny(NotInNames) >= 0)
            {
                throw ChatTemplateException.Value($"Invalid character in attribute name: '{ErrorText.Cut(name)}'");
            }

            text.Append(text.Length > 0 || Truth.Of(a[1]) ? " " : "");
            text.Append($"{Markup.Escape(name).Text}=\"{Markup.Escape(value).Text}\"");
        }

        return interpreter.Autoescapes ? new Markup(text.ToString()) : text.ToString();
    }
}
