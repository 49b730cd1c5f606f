using System.Globalization;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>A curve in Braille letters: each holds two by four dots.</summary>
internal static class BrailleChart
{
    private const int DotsWide = 2;
    private const int DotsHigh = 4;
    private const int LabelWidth = 10;
    private const char Blank = '\u2800';

    // The bits of a letter's dots, by column and row.
    private static readonly int[][] Bits = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

    /// <param name="points">Steps and values, in the order of steps.</param>
    /// <param name="width">Letters.</param>
    /// <param name="height">Lines.</param>
    /// <returns>Lines with the greatest and the least value at the left; none without points.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<(double X, double Y)> points, int width, int height)
    {
        if (points.Count == 0)
        {
            return [];
        }

        (double left, double right) = (points[0].X, points[^1].X);
        (double low, double high) = (points.Min(point => point.Y), points.Max(point => point.Y));
        int[,] letters = new int[height, width];
        (int columns, int rows) = (width * DotsWide, height * DotsHigh);
        (int X, int Y)? before = null;
        foreach ((double x, double y) in points)
        {
            int column = right > left ? (int)Math.Round((x - left) / (right - left) * (columns - 1)) : 0;
            int row = high > low ? (int)Math.Round((high - y) / (high - low) * (rows - 1)) : rows / 2;
            Line(letters, before ?? (column, row), (column, row));
            before = (column, row);
        }

        return [.. Enumerable.Range(0, height).Select(line =>
        {
            string label = line == 0 ? Show(high) : line == height - 1 && high > low ? Show(low) : "";
            return label.PadLeft(LabelWidth) + " ┤" + string.Concat(Enumerable.Range(0, width).Select(column => (char)(Blank + letters[line, column])));
        })];
    }

    private static void Line(int[,] letters, (int X, int Y) from, (int X, int Y) to)
    {
        int dots = Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        for (int i = 0; i <= dots; i++)
        {
            double share = dots == 0 ? 0 : (double)i / dots;
            int x = (int)Math.Round(from.X + (share * (to.X - from.X)));
            int y = (int)Math.Round(from.Y + (share * (to.Y - from.Y)));
            letters[y / DotsHigh, x / DotsWide] |= Bits[x % DotsWide][y % DotsHigh];
        }
    }

    private static string Show(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
