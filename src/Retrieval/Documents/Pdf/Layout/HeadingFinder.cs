namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// Tells headings from text: those that the document's outline names, those that are larger than the text, and, in a
/// document without an outline, short bold ones.
/// </summary>
internal sealed class HeadingFinder
{
    private const double Larger = 1.12;
    private const int LongestHeading = 160;
    private const int LongestBold = 100;
    private const int MostLines = 3;
    private const int DeepestLevel = 6;
    private const double BoldShare = 0.4;
    private const double TitleShare = 0.7;

    private readonly Dictionary<string, (int Level, int? Page)> _titles = [];
    private readonly Dictionary<double, int> _levels = [];
    private readonly double _bodySize;
    private readonly HashSet<double> _headingSizes;
    private readonly bool _boldIsRare;
    private readonly bool _outlined;

    /// <summary>Learns from a document.</summary>
    public HeadingFinder(IReadOnlyList<Paragraph> paragraphs, IReadOnlyList<OutlineEntry> outline)
    {
        foreach (OutlineEntry entry in outline)
        {
            _titles.TryAdd(Key(entry.Title), (entry.Level, entry.Page));
        }

        Dictionary<double, long> sizes = [];
        long bold = 0;
        long all = 0;
        foreach (TextLine line in paragraphs.SelectMany(paragraph => paragraph.Lines))
        {
            double size = Rounded(line.Size);
            sizes[size] = sizes.GetValueOrDefault(size) + line.Text.Length;
            bold += line.IsBold ? line.Text.Length : 0;
            all += line.Text.Length;
        }

        _bodySize = sizes.Count == 0 ? 0 : sizes.MaxBy(size => size.Value).Key;
        _headingSizes = HeadingSizes(paragraphs);
        _boldIsRare = bold < all * BoldShare;
        foreach (Paragraph paragraph in paragraphs.Where(IsShort))
        {
            if (_titles.TryGetValue(Key(Text(paragraph)), out (int Level, int? Page) entry))
            {
                _outlined = true;
                _levels.TryAdd(Rounded(paragraph.Size), entry.Level);
            }
        }

        if (!_outlined)
        {
            double[] large = [.. paragraphs.Where(IsLarge).Select(paragraph => Rounded(paragraph.Size)).Distinct().OrderDescending()];
            for (int i = 0; i < large.Length; i++)
            {
                _levels[large[i]] = Math.Min(i + 1, DeepestLevel);
            }
        }
    }

    /// <summary>A heading's level, from 1; 0: it is none.</summary>
    public int LevelOf(Paragraph paragraph)
    {
        if (!IsShort(paragraph))
        {
            return 0;
        }

        if (_titles.TryGetValue(Key(Text(paragraph)), out (int Level, int? Page) entry)
            && (entry.Page is null || entry.Page == paragraph.Page))
        {
            return entry.Level;
        }

        if (IsLarge(paragraph))
        {
            return _levels.TryGetValue(Rounded(paragraph.Size), out int level) ? level : LevelAmong(paragraph.Size);
        }

        return !_outlined && IsBoldHeading(paragraph)
            ? Math.Min(_levels.Count == 0 ? 1 : _levels.Values.Max() + 1, DeepestLevel)
            : 0;
    }

    // A size that the outline does not name: above all that it names, the first level; otherwise no heading.
    private int LevelAmong(double size) => size > _levels.Keys.Max() ? 1 : 0;

    private bool IsLarge(Paragraph paragraph) =>
        IsShort(paragraph) && paragraph.Size > _bodySize * Larger && _headingSizes.Contains(Rounded(paragraph.Size))
        && Text(paragraph).Any(char.IsLetter);

    // Sizes in which hardly anything but short paragraphs without a full stop is set.
    private static HashSet<double> HeadingSizes(IReadOnlyList<Paragraph> paragraphs) =>
    [
        .. paragraphs.Where(paragraph => paragraph.Lines.Count > 0).GroupBy(paragraph => Rounded(paragraph.Size)).Where(group =>
            group.Where(IsTitle).Sum(Length) >= group.Sum(Length) * TitleShare).Select(group => group.Key),
    ];

    private static bool IsTitle(Paragraph paragraph) => IsShort(paragraph) && paragraph.Lines[^1].Text[^1] != '.';

    private static int Length(Paragraph paragraph) => paragraph.Lines.Sum(line => line.Text.Length);

    private bool IsBoldHeading(Paragraph paragraph)
    {
        string text = paragraph.Lines[0].Text;
        return _boldIsRare && paragraph.IsBold && paragraph.Lines.Count == 1 && text.Length <= LongestBold
            && paragraph.Size >= _bodySize * 0.95 && paragraph.Marker is ListMarker.None or ListMarker.Number
            && text.Any(char.IsLetter) && text[^1] is not ('.' or ',' or ';' or '?' or '!');
    }

    private static bool IsShort(Paragraph paragraph) =>
        paragraph.Lines.Count is > 0 and <= MostLines && Length(paragraph) <= LongestHeading
        && paragraph.Marker is ListMarker.None or ListMarker.Number;

    private static string Text(Paragraph paragraph) => string.Join(' ', paragraph.Lines.Select(line => line.Text));

    private static string Key(string title) => string.Concat(title.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant();

    private static double Rounded(double size) => Math.Round(size * 2) / 2;
}
