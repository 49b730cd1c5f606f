using System.Text;
using UglyToad.PdfPig.Content;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>Takes the letters of a page apart by the direction that they run in, and turns each group upright.</summary>
internal sealed class GlyphReader
{
    private const double TurnStep = 15;
    private const double SmallestSize = 0.1;
    private const double LargestSize = 1000;
    private const double Cell = 1;

    private readonly Dictionary<(string, long, long), (double Start, double Baseline)> _seen = [];

    /// <summary>Characters that mean nothing: no map to Unicode leads from their codes.</summary>
    public long Unmapped { get; private set; }

    /// <summary>Characters that mean something.</summary>
    public long Mapped { get; private set; }

    /// <summary>The glyphs of a page, a list for each direction, in the content's order.</summary>
    public IReadOnlyList<List<Glyph>> Read(IReadOnlyList<Letter> letters, ReadingBudget budget)
    {
        Dictionary<int, List<Glyph>> groups = [];
        List<List<Glyph>> result = [];
        _seen.Clear();
        int direction = 0;
        for (int i = 0; i < letters.Count; i++)
        {
            if ((i & 0xFFF) == 0)
            {
                budget.Check();
            }

            Letter letter = letters[i];
            string text = Readable(letter.Value);
            if (text.Length == 0)
            {
                continue;
            }

            direction = DirectionOf(letter) ?? direction;
            Glyph glyph = Turned(letter, text, direction, i);
            if (!double.IsFinite(glyph.Start + glyph.End + glyph.Baseline) || IsRepeated(glyph))
            {
                continue;
            }

            if (!groups.TryGetValue(direction, out List<Glyph>? group))
            {
                groups[direction] = group = [];
                result.Add(group);
            }

            group.Add(glyph);
        }

        return result;
    }

    // Without what cannot be text: control and private characters, replacement characters.
    private string Readable(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Unmapped++;
            return "";
        }

        if (value.Length == 1 && char.IsAsciiLetterOrDigit(value[0]))
        {
            Mapped++;
            return value;
        }

        StringBuilder kept = new(value.Length);
        foreach (Rune rune in value.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case System.Globalization.UnicodeCategory.Control when !Rune.IsWhiteSpace(rune):
                case System.Globalization.UnicodeCategory.OtherNotAssigned:
                case System.Globalization.UnicodeCategory.Surrogate:
                    Unmapped++;
                    break;
                case System.Globalization.UnicodeCategory.PrivateUse:
                    // Symbol fonts keep bullets here.
                    kept.Append(rune.Value is >= 0xF020 and <= 0xF0FF ? "•" : "");
                    Unmapped += rune.Value is >= 0xF020 and <= 0xF0FF ? 0 : 1;
                    break;
                default:
                    if (rune == Rune.ReplacementChar)
                    {
                        Unmapped++;
                    }
                    else
                    {
                        Mapped += Rune.IsWhiteSpace(rune) ? 0 : 1;
                        kept.Append(rune.Value == 0xA0 ? " " : rune.ToString());
                    }

                    break;
            }
        }

        return kept.ToString();
    }

    // Degrees, in steps; null: the letter has no width to tell by.
    private static int? DirectionOf(Letter letter)
    {
        double x = letter.EndBaseLine.X - letter.StartBaseLine.X;
        double y = letter.EndBaseLine.Y - letter.StartBaseLine.Y;
        if (Math.Abs(x) + Math.Abs(y) < 1e-6)
        {
            return null;
        }

        double degrees = Math.Atan2(y, x) * 180 / Math.PI;
        int step = (int)Math.Round(degrees / TurnStep) * (int)TurnStep;
        return step == -180 ? 180 : step;
    }

    private static Glyph Turned(Letter letter, string text, int direction, int order)
    {
        (double sin, double cos) = direction switch
        {
            0 => (0, 1),
            90 => (1, 0),
            180 => (0, -1),
            -90 => (-1, 0),
            _ => Math.SinCos(direction * Math.PI / 180),
        };
        double startX = letter.StartBaseLine.X;
        double startY = letter.StartBaseLine.Y;
        double start = (startX * cos) + (startY * sin);
        double end = (letter.EndBaseLine.X * cos) + (letter.EndBaseLine.Y * sin);
        double size = Math.Abs(letter.PointSize);
        double height = Math.Max(letter.BoundingBox.Height, letter.BoundingBox.Width);
        if (!(size > SmallestSize && size < LargestSize))
        {
            size = height is > SmallestSize and < LargestSize ? height : 1;
        }

        return new Glyph(
            text, Math.Min(start, end), Math.Max(start, end), (startY * cos) - (startX * sin), size, IsBold(letter), order,
            letter.TextSequence);
    }

    private static bool IsBold(Letter letter)
    {
        string name = letter.FontName ?? "";
        return letter.FontDetails is { IsBold: true } || name.Contains("Bold", StringComparison.OrdinalIgnoreCase)
            || name.Contains("Black", StringComparison.OrdinalIgnoreCase) || name.Contains("Heavy", StringComparison.OrdinalIgnoreCase);
    }

    // A letter drawn twice, a hair apart, is how some writers make bold text and shadows.
    private bool IsRepeated(Glyph glyph)
    {
        if (glyph.IsSpace)
        {
            return false;
        }

        // Less than half of the narrowest letter.
        double near = glyph.Size * 0.09;
        long column = (long)Math.Floor(glyph.Start / Cell);
        long row = (long)Math.Floor(glyph.Baseline / Cell);
        for (long c = (long)Math.Floor((glyph.Start - near) / Cell); c <= (long)Math.Floor((glyph.Start + near) / Cell); c++)
        {
            for (long r = (long)Math.Floor((glyph.Baseline - near) / Cell); r <= (long)Math.Floor((glyph.Baseline + near) / Cell); r++)
            {
                if (_seen.TryGetValue((glyph.Text, c, r), out (double Start, double Baseline) other)
                    && Math.Abs(other.Start - glyph.Start) <= near && Math.Abs(other.Baseline - glyph.Baseline) <= near)
                {
                    return true;
                }
            }
        }

        _seen[(glyph.Text, column, row)] = (glyph.Start, glyph.Baseline);
        return false;
    }
}
