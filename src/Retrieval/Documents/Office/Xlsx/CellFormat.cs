using ExcelNumberFormat;

namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>What a number format's code shows.</summary>
/// <param name="Numbers">Writes numbers; null: they are written plainly.</param>
/// <param name="ShowsDate">It shows years, months or days.</param>
/// <param name="ShowsTime">It shows hours, minutes or seconds of a day.</param>
internal sealed record CellFormat(NumberFormat? Numbers, bool ShowsDate, bool ShowsTime)
{
    /// <summary>The format of cells that have none.</summary>
    public static CellFormat General { get; } = new(null, false, false);

    /// <summary>Reads a code, for example d/m/yyyy or #,##0.00.</summary>
    public static CellFormat Of(string code)
    {
        string letters = Letters(code, out bool isElapsed);
        if (letters.StartsWith("general", StringComparison.Ordinal) || letters.Trim() == "@")
        {
            return General;
        }

        // Parts of seconds (ss.00) are no digits of a number.
        bool isNumber = letters.Replace("s.000", "s", StringComparison.Ordinal).Replace("s.00", "s", StringComparison.Ordinal)
            .Replace("s.0", "s", StringComparison.Ordinal).AsSpan().IndexOfAny("0#?") >= 0;
        if (!isNumber && !isElapsed)
        {
            // An m beside hours or seconds means minutes.
            bool time = letters.AsSpan().IndexOfAny('h', 's') >= 0;
            bool date = letters.AsSpan().IndexOfAny('y', 'd') >= 0 || (!time && letters.Contains('m'));
            if (date || time)
            {
                return new CellFormat(null, date, time);
            }
        }

        NumberFormat format = new(code);
        return format.IsValid ? new CellFormat(format, false, false) : General;
    }

    // The first section (that of positive numbers) without quoted and escaped texts, colours, locales and fill marks.
    private static string Letters(string code, out bool isElapsed)
    {
        System.Text.StringBuilder letters = new();
        isElapsed = false;
        for (int at = 0; at < code.Length && code[at] != ';'; at++)
        {
            switch (code[at])
            {
                case '"':
                    at = EndOf(code, at, '"');
                    break;
                case '[':
                    int end = EndOf(code, at, ']');
                    ReadOnlySpan<char> inside = code.AsSpan(at + 1, Math.Max(0, end - at - 1));
                    isElapsed |= inside.Length > 0 && inside.Trim("hH").IsEmpty | inside.Trim("mM").IsEmpty | inside.Trim("sS").IsEmpty;
                    at = end;
                    break;
                case '\\' or '_' or '*':
                    at++;
                    break;
                default:
                    letters.Append(char.ToLowerInvariant(code[at]));
                    break;
            }
        }

        return letters.ToString();
    }

    private static int EndOf(string code, int start, char mark) =>
        code.IndexOf(mark, start + 1) is var end && end < 0 ? code.Length : end;
}
