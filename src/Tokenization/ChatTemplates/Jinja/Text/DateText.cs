using System.Globalization;
using System.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>
/// Dates as C's <c>strftime</c> writes them in the C locale, with glibc's flags: <c>%-d</c> without padding,
/// <c>%_d</c> padded with spaces, <c>%0e</c> with zeros, <c>%^a</c> in upper case.
/// </summary>
internal static class DateText
{
    internal static string Format(DateTimeOffset now, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int start = i++;
            char flag = '\0';
            while (i + 1 < format.Length && format[i] is '-' or '_' or '0' or '^' or '#')
            {
                flag = format[i++];
            }

            text.Append(Directive(now, format[i], flag) ?? format[start..(i + 1)]);
        }

        return text.ToString();
    }

    // Null for an unknown one, which stays as it is.
    private static string? Directive(DateTimeOffset now, char kind, char flag)
    {
        string? name = Named(now, kind, flag);
        if (name is not null)
        {
            return flag == '^' ? name.ToUpperInvariant() : name;
        }

        (int Value, int Width, char Padding)? number = Numeric(now, kind);
        if (number is null)
        {
            return null;
        }

        (int value, int width, char padding) = number.Value;
        padding = flag switch
        {
            '_' => ' ',
            '0' => '0',
            _ => padding,
        };
        string digits = value.ToString(CultureInfo.InvariantCulture);
        return flag == '-' ? digits : digits.PadLeft(width, padding);
    }

    private static string? Named(DateTimeOffset now, char kind, char flag)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return kind switch
        {
            'A' => now.ToString("dddd", culture),
            'a' => now.ToString("ddd", culture),
            'B' => now.ToString("MMMM", culture),
            'b' or 'h' => now.ToString("MMM", culture),
            'p' => flag == '#' ? now.ToString("tt", culture).ToLowerInvariant() : now.ToString("tt", culture),
            'P' => now.ToString("tt", culture).ToLowerInvariant(),
            'c' => now.ToString("ddd MMM ", culture) + now.Day.ToString(culture).PadLeft(2) + now.ToString(" HH:mm:ss yyyy", culture),
            'D' or 'x' => now.ToString("MM/dd/yy", culture),
            'X' or 'T' => now.ToString("HH:mm:ss", culture),
            'F' => now.ToString("yyyy-MM-dd", culture),
            'R' => now.ToString("HH:mm", culture),
            'r' => now.ToString("hh:mm:ss tt", culture),
            'f' => now.ToString("ffffff", culture),
            's' => now.ToUnixTimeSeconds().ToString(culture),

            // A time without a zone has neither offset nor name.
            'z' or 'Z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }

    private static (int Value, int Width, char Padding)? Numeric(DateTimeOffset now, char kind) => kind switch
    {
        'Y' => (now.Year, 1, '0'),
        'G' => (ISOWeek.GetYear(now.DateTime), 1, '0'),
        'C' => (now.Year / 100, 2, '0'),
        'y' => (now.Year % 100, 2, '0'),
        'g' => (ISOWeek.GetYear(now.DateTime) % 100, 2, '0'),
        'm' => (now.Month, 2, '0'),
        'd' => (now.Day, 2, '0'),
        'e' => (now.Day, 2, ' '),
        'j' => (now.DayOfYear, 3, '0'),
        'H' => (now.Hour, 2, '0'),
        'k' => (now.Hour, 2, ' '),
        'I' => (Hour12(now), 2, '0'),
        'l' => (Hour12(now), 2, ' '),
        'M' => (now.Minute, 2, '0'),
        'S' => (now.Second, 2, '0'),
        'w' => ((int)now.DayOfWeek, 1, '0'),
        'u' => (((int)now.DayOfWeek + 6) % 7 + 1, 1, '0'),
        'U' => ((now.DayOfYear + 6 - (int)now.DayOfWeek) / 7, 2, '0'),
        'W' => ((now.DayOfYear + 6 - (((int)now.DayOfWeek + 6) % 7)) / 7, 2, '0'),
        'V' => (ISOWeek.GetWeekOfYear(now.DateTime), 2, '0'),
        _ => null,
    };

    private static int Hour12(DateTimeOffset now) => now.Hour % 12 == 0 ? 12 : now.Hour % 12;
}
