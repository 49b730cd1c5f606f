using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Python's <c>format % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly string _format;
    private readonly object? _values;
    private readonly bool _escapes;
    private readonly OutputBuffer _text = new();
    private int _position;
    private int _used;

    private PercentFormat(string format, object? values, bool escapes)
    {
        _format = format;
        _values = values;
        _escapes = escapes;
    }

    /// <param name="format">The text; markup escapes what is put into it.</param>
    /// <param name="values">A tuple of values, a dictionary for <c>%(name)s</c>, or one value.</param>
    internal static object Format(object? format, object? values)
    {
        PercentFormat formatter = new(format!.ToString()!, values, format is Markup);
        formatter.Run();
        string text = formatter._text.ToString();
        return format is Markup ? new Markup(text) : text;
    }

    private void Run()
    {
        while (_position < _format.Length)
        {
            int next = _format.IndexOf('%', _position);
            if (next < 0)
            {
                _text.Append(_format[_position..]);
                break;
            }

            _text.Append(_format[_position..next]);
            _position = next + 1;
            RunOne();
        }

        bool allUsed = _values is TupleValue tuple ? _used >= tuple.Items.Count : _used > 0 || _values is DictValue or ListValue or RangeValue or BytesValue or Undefined;
        if (!allUsed)
        {
            throw ChatTemplateException.Type("not all arguments converted during string formatting");
        }
    }

    private void RunOne()
    {
        int start = _position;
        bool hasKey = Current() == '(';
        object? keyed = hasKey ? Keyed() : null;
        FormatSpec spec = ReadFlags();
        spec = ReadSize(spec, out bool hasPrecision);
        while (Current() is 'h' or 'l' or 'L')
        {
            _position++;
        }

        char kind = Current();
        _position++;
        if (kind == '\0')
        {
            throw ChatTemplateException.Value("incomplete format");
        }

        if (kind == '%')
        {
            if (_position - start > 1)
            {
                throw ChatTemplateException.Value("unsupported format character '%'");
            }

            _text.Append("%");
            return;
        }

        object? value = hasKey ? keyed : NextValue();
        _text.Append(Convert(spec, kind, value, hasPrecision));
    }

    private FormatSpec ReadFlags()
    {
        FormatSpec spec = new() { Align = '>' };
        bool leftAligned = false;
        while (true)
        {
            switch (Current())
            {
                case '-':
                    leftAligned = true;
                    break;
                case '+':
                    spec = spec with { Sign = '+' };
                    break;
                case ' ':
                    spec = spec.Sign == '+' ? spec : spec with { Sign = ' ' };
                    break;
                case '#':
                    spec = spec with { IsAlternate = true };
                    break;
                case '0':
                    spec = spec with { Fill = "0", Align = '=' };
                    break;
                default:
                    return leftAligned ? spec with { Fill = " ", Align = '<' } : spec;
            }

            _position++;
        }
    }

    private FormatSpec ReadSize(FormatSpec spec, out bool hasPrecision)
    {
        BigInteger width = ReadNumber();
        spec = width.Sign < 0
            ? spec with { Width = FormatSpec.Size(-width), Align = '<', Fill = " " }
            : spec with { Width = FormatSpec.Size(width) };
        hasPrecision = Current() == '.';
        if (hasPrecision)
        {
            _position++;
            spec = spec with { Precision = FormatSpec.Size(BigInteger.Max(0, ReadNumber())) };
        }

        return spec;
    }

    // A star takes the number from the values.
    private BigInteger ReadNumber()
    {
        if (Current() == '*')
        {
            _position++;
            return Numbers.TryInteger(NextValue(), out BigInteger given) ? given : throw ChatTemplateException.Type("* wants int");
        }

        BigInteger number = 0;
        while (char.IsAsciiDigit(Current()))
        {
            number = FormatSpec.Size((number * 10) + (Current() - '0'));
            _position++;
        }

        return number;
    }

    private char Current() => _position < _format.Length ? _format[_position] : '\0';

    private object? Keyed()
    {
        int depth = 0;
        int start = _position + 1;
        do
        {
            depth += Current() switch
            {
                '(' => 1,
                ')' => -1,
                '\0' => throw ChatTemplateException.Value("incomplete format key"),
                _ => 0,
            };
            _position++;
        }
        while (depth > 0);

        if (_values is not DictValue dict)
        {
            throw ChatTemplateException.Type("format requires a mapping");
        }

        string key = _format[start..(_position - 1)];
        return dict.TryGet(key, out object? value) ? value : throw ChatTemplateException.Value($"KeyError: '{ErrorText.Cut(key)}'");
    }

    private object? NextValue()
    {
        int index = _used++;
        if (_values is TupleValue tuple)
        {
            return index < tuple.Items.Count ? tuple.Items[index] : throw TooFew();
        }

        return index == 0 ? _values : throw TooFew();
    }

    private static ChatTemplateException TooFew() => ChatTemplateException.Type("not enough arguments for format string");

    private string Convert(FormatSpec spec, char kind, object? value, bool hasPrecision)
    {
        switch (kind)
        {
            case 's' or 'r' or 'a':
                string text = kind == 's' ? Printer.Str(value) : Printer.Repr(value);
                if (_escapes)
                {
                    text = kind == 's' ? Markup.Escape(value).Text : Markup.Escape(text).Text;
                }

                return (spec with { Fill = " ", Align = spec.Align == '=' ? '>' : spec.Align }).FormatText(text);
            case 'c':
                return value is string or Markup && Truth.Length(value) == 1
                    ? (spec with { Precision = null }).FormatText(value.ToString()!)
                    : (spec with { Type = 'c', Precision = null }).FormatInteger(AsInteger(value, kind, allowFloat: false));
            case 'd' or 'i' or 'u':
                return (spec with { Type = 'd' }).FormatInteger(AsInteger(value, kind, allowFloat: true));
            case 'x' or 'X' or 'o':
                return (spec with { Type = kind }).FormatInteger(AsInteger(value, kind, allowFloat: false));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return (spec with { Type = kind, Precision = hasPrecision ? spec.Precision : null }).FormatFloat(AsFloat(value));
            default:
                throw ChatTemplateException.Value($"unsupported format character '{kind}'");
        }
    }

    private static BigInteger AsInteger(object? value, char kind, bool allowFloat)
    {
        if (value is double number && allowFloat)
        {
            return double.IsFinite(number)
                ? new BigInteger(Math.Truncate(number))
                : throw ChatTemplateException.Arithmetic("cannot convert float infinity or NaN to integer");
        }

        if (allowFloat)
        {
            Operators.FailIfUndefined(value, value);
        }

        return Numbers.TryInteger(value, out BigInteger integer)
            ? integer
            : throw ChatTemplateException.Type($"%{kind} format: a real number is required, not {TypeNames.Of(value)}");
    }

    private static double AsFloat(object? value)
    {
        Operators.FailIfUndefined(value, value);
        return Numbers.TryFloat(value, out double number)
            ? number
            : throw ChatTemplateException.Type($"must be real number, not {TypeNames.Of(value)}");
    }
}
