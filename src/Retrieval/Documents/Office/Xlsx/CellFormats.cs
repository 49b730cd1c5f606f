using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using ExcelNumberFormat;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>
/// Shows the numbers of cells. Dates and times are written as ISO 8601, with a space before the time, so that the day is a
/// word of its own, whatever the sheet shows (27/2/2021 would be searched for in vain); other numbers as the sheet shows
/// them on an English computer.
/// </summary>
internal sealed class CellFormats
{
    private const int LongestCode = 255;
    private const int SignificantDigits = 15;
    private const int FirstCustomFormat = 164;

    // Days from 1900 to 1904, the two starts of time.
    private const int DaysTo1904 = 1462;
    private const int DaysTo10000 = 2_958_466;

    // Formats that files refer to without stating them (ECMA-376 part 1, 18.8.30); those left out are General or text.
    // 27 to 36 and 50 to 58 differ by language: as Korean Excel has them, where only what they show of a date matters.
    private static readonly Dictionary<int, string> BuiltIn = new()
    {
        [1] = "0",
        [2] = "0.00",
        [3] = "#,##0",
        [4] = "#,##0.00",
        [9] = "0%",
        [10] = "0.00%",
        [11] = "0.00E+00",
        [12] = "# ?/?",
        [13] = "# ??/??",
        [14] = "yyyy-mm-dd",
        [15] = "d-mmm-yy",
        [16] = "d-mmm",
        [17] = "mmm-yy",
        [18] = "h:mm AM/PM",
        [19] = "h:mm:ss AM/PM",
        [20] = "h:mm",
        [21] = "h:mm:ss",
        [22] = "yyyy-mm-dd h:mm",
        [27] = "yyyy-mm-dd",
        [28] = "mm-dd",
        [29] = "mm-dd",
        [30] = "yyyy-mm-dd",
        [31] = "yyyy-mm-dd",
        [32] = "h:mm",
        [33] = "h:mm:ss",
        [34] = "yyyy-mm-dd",
        [35] = "yyyy-mm-dd",
        [36] = "yyyy-mm-dd",
        [37] = "#,##0;(#,##0)",
        [38] = "#,##0;(#,##0)",
        [39] = "#,##0.00;(#,##0.00)",
        [40] = "#,##0.00;(#,##0.00)",
        [45] = "mm:ss",
        [46] = "[h]:mm:ss",
        [47] = "mm:ss.0",
        [48] = "##0.0E+0",
        [50] = "yyyy-mm-dd",
        [51] = "mm-dd",
        [52] = "yyyy-mm-dd",
        [53] = "yyyy-mm-dd",
        [54] = "mm-dd",
        [55] = "yyyy-mm-dd",
        [56] = "mm-dd",
        [57] = "yyyy-mm-dd",
        [58] = "mm-dd",
    };

    private readonly Dictionary<int, string> _codes = [];
    private readonly List<int> _formatOfStyle = [];
    private readonly Dictionary<int, CellFormat> _formats = [];
    private readonly bool _from1904;

    /// <summary>Reads a workbook's styles.</summary>
    /// <param name="part">They; null: the workbook has none.</param>
    /// <param name="from1904">Whether its days count from 1904-01-01.</param>
    public CellFormats(WorkbookStylesPart? part, bool from1904)
    {
        _from1904 = from1904;
        OpenXmlElement? root = part?.RootElement;
        foreach (OpenXmlElement format in root.Child("x:numFmts")?.ChildElements ?? [])
        {
            if (format.Number("numFmtId") is { } id && format.Attribute("formatCode") is { } code)
            {
                _codes.TryAdd(id, code);
            }
        }

        foreach (OpenXmlElement style in root.Child("x:cellXfs")?.ChildElements ?? [])
        {
            _formatOfStyle.Add(style.Number("numFmtId") ?? 0);
        }
    }

    /// <summary>A stored number as text.</summary>
    /// <param name="stored">As the file has it.</param>
    /// <param name="style">The cell's style, by its place in the list.</param>
    public string Show(string stored, int style)
    {
        if (!double.TryParse(stored, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
        {
            return stored;
        }

        CellFormat format = FormatOf(style >= 0 && style < _formatOfStyle.Count ? _formatOfStyle[style] : 0);
        string? shown = format.ShowsDate || format.ShowsTime ? Date(number, format) : format.Numbers is { } numbers ? Formatted(numbers, number) : null;
        return string.IsNullOrEmpty(shown) ? Plain(number) : shown;
    }

    // As many digits as spreadsheets show: 0.30000000000000004 is 0.3.
    private static string Plain(double number) => number.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture);

    private static string Formatted(NumberFormat format, double number)
    {
        try
        {
            return format.Format(number, CultureInfo.InvariantCulture).Trim();
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException or OverflowException or IndexOutOfRangeException)
        {
            // A code that the formatter takes but cannot use: the cell's own number is as good.
            return string.Empty;
        }
    }

    private CellFormat FormatOf(int id)
    {
        if (!_formats.TryGetValue(id, out CellFormat? format))
        {
            string? code = _codes.GetValueOrDefault(id) ?? (id < FirstCustomFormat ? BuiltIn.GetValueOrDefault(id) : null);
            format = code?.Length is > 0 and <= LongestCode ? CellFormat.Of(code) : CellFormat.General;
            _formats.Add(id, format);
        }

        return format;
    }

    private string? Date(double days, CellFormat format)
    {
        // Day 60 of 1900 is a day that never was (29 February 1900); before it, days count from one day later.
        double serial = _from1904 ? days + DaysTo1904 : days < 60 ? days + 1 : days;
        if (days < 0 || serial >= DaysTo10000)
        {
            return null;
        }

        DateTime moment = new DateTime(1899, 12, 30).AddSeconds(Math.Round(serial * 86_400));
        return (format.ShowsDate, format.ShowsTime) switch
        {
            (true, false) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            (false, true) when days < 1 => moment.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            _ => moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        };
    }
}
