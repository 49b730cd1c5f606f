using System.Globalization;
using System.Numerics;
using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Values as text: Python's <c>str</c> and <c>repr</c>.</summary>
internal static class Printer
{
    // Python refuses to print longer integers.
    private const int MaxDigits = 4300;

    internal static string Str(object? value) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined => "",
        _ => Repr(value),
    };

    internal static string Repr(object? value)
    {
        switch (value)
        {
            case null:
                return "None";
            case bool flag:
                return flag ? "True" : "False";
            case long number:
                return number.ToString(CultureInfo.InvariantCulture);
            case double number:
                return FloatText.Repr(number);
            default:
                StringBuilder text = new();
                Append(text, value);
                return text.ToString();
        }
    }

    internal static string Integer(BigInteger value)
    {
        // A digit is worth 3.32 bits.
        if (value.GetBitLength() > MaxDigits * 3.33 || (value.GetBitLength() > MaxDigits * 3.32 && IsTooLong(value)))
        {
            throw ChatTemplateException.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion");
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsTooLong(BigInteger value) =>
        BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length > MaxDigits;

    private static void Append(StringBuilder text, object? value)
    {
        StackGuard.Check();
        RenderBudget.Spend(1);
        switch (value)
        {
            case string plain:
                AppendQuoted(text, plain);
                break;
            case Markup markup:
                text.Append("Markup(");
                AppendQuoted(text, markup.Text);
                text.Append(')');
                break;
            case BigInteger big:
                text.Append(Integer(big));
                break;
            case ListValue list:
                AppendItems(text, "[", list.Items, "]");
                break;
            case TupleValue tuple:
                AppendItems(text, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case DictValue dict:
                AppendDict(text, dict);
                break;
            case DictView view:
                AppendItems(text, view.TypeName + "([", view.Items, "])");
                break;
            case RangeValue range:
                text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}");
                text.Append(range.Step.IsOne ? ")" : $", {range.Step})");
                break;
            case BytesValue bytes:
                AppendBytes(text, bytes.Bytes);
                break;
            case NamespaceValue space:
                text.Append("<Namespace ");
                AppendDict(text, space.Attributes);
                text.Append('>');
                break;
            case Undefined:
                text.Append("Undefined");
                break;
            case ITyped typed and not FunctionValue and not MacroValue and not LoopContext:
                text.Append(CultureInfo.InvariantCulture, $"<{typed.TypeName} object>");
                break;
            default:
                text.Append(value is null or bool or long or double ? Repr(value) : value.ToString());
                break;
        }

        RenderBudget.Length(text.Length);
    }

    private static void AppendItems(StringBuilder text, string open, IEnumerable<object?> items, string close)
    {
        text.Append(open);
        bool isFirst = true;
        foreach (object? item in items)
        {
            text.Append(isFirst ? "" : ", ");
            Append(text, item);
            isFirst = false;
        }

        text.Append(close);
    }

    private static void AppendDict(StringBuilder text, DictValue dict)
    {
        text.Append('{');
        bool isFirst = true;
        foreach ((object? key, object? value) in dict.Items)
        {
            text.Append(isFirst ? "" : ", ");
            Append(text, key);
            text.Append(": ");
            Append(text, value);
            isFirst = false;
        }

        text.Append('}');
    }

    // Double quotes only where there are single ones and no double ones.
    private static void AppendQuoted(StringBuilder text, string value)
    {
        char quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        RenderBudget.Length(text.Length + (long)value.Length);
        text.Append(quote);
        for (int i = 0; i < value.Length; i++)
        {
            bool isPair = i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]);
            int point = isPair ? char.ConvertToUtf32(value[i], value[i + 1]) : value[i];
            AppendCharacter(text, point, quote);
            i += isPair ? 1 : 0;
        }

        text.Append(quote);
    }

    private static void AppendCharacter(StringBuilder text, int point, char quote)
    {
        _ = point switch
        {
            '\\' => text.Append("\\\\"),
            '\n' => text.Append("\\n"),
            '\r' => text.Append("\\r"),
            '\t' => text.Append("\\t"),
            _ when point == quote => text.Append('\\').Append(quote),
            _ when IsPrintable(point) => AppendPoint(text, point),
            <= 0xFF => text.Append(CultureInfo.InvariantCulture, $"\\x{point:x2}"),
            <= 0xFFFF => text.Append(CultureInfo.InvariantCulture, $"\\u{point:x4}"),
            _ => text.Append(CultureInfo.InvariantCulture, $"\\U{point:x8}"),
        };
    }

    private static StringBuilder AppendPoint(StringBuilder text, int point)
    {
        CodePoints.Append(text, point);
        return text;
    }

    /// <summary><c>str.isprintable</c> for one character.</summary>
    internal static bool IsPrintable(int point) => point == ' ' || CharUnicodeInfo.GetUnicodeCategory(point) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    private static void AppendBytes(StringBuilder text, byte[] bytes)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        text.Append('b').Append(quote);
        foreach (byte b in bytes)
        {
            _ = (char)b switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when b == quote => text.Append('\\').Append(quote),
                >= ' ' and <= '~' => text.Append((char)b),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
            };
        }

        text.Append(quote);
    }
}
