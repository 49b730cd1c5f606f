using System.Text;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>Glyphs that stand together on one baseline: a line of text, or a cell of a row. Lengths are in points.</summary>
internal sealed class TextLine
{
    // A word space is a quarter of the size and may be pressed to less; kerning inside words is a twentieth.
    private const double WordGap = 0.17;
    private const double WordGapBesideSpaces = 0.3;
    private const double Spaced = 0.12;

    private List<Glyph>? _glyphs = [];
    private string? _text;

    public TextLine(Glyph first)
    {
        Start = first.Start;
        End = first.End;
        Baseline = first.Baseline;
        Size = first.Size;
        Order = first.Order;
        Add(first);
    }

    /// <summary>Where it begins.</summary>
    public double Start { get; private set; }

    /// <summary>Where it ends; spaces do not count.</summary>
    public double End { get; private set; }

    /// <summary>How high it lies; up is more.</summary>
    public double Baseline { get; private set; }

    /// <summary>The size of most of it.</summary>
    public double Size { get; private set; }

    /// <summary>Its place in the page's content.</summary>
    public int Order { get; private set; }

    /// <summary>Whether nearly all of it is bold.</summary>
    public bool IsBold { get; private set; }

    /// <summary>How wide its first word is.</summary>
    public double FirstWord { get; private set; }

    /// <summary>Whether the content says that a word ends with it.</summary>
    public bool EndsWithSpace { get; private set; }

    /// <summary>Its text, without spaces around it; complete once <see cref="Close"/> was called.</summary>
    public string Text => _text ?? "";

    /// <summary>The last glyph that was added.</summary>
    public Glyph Last => _glyphs![^1];

    /// <summary>Whether nothing is left of it.</summary>
    public bool IsBlank => Text.Length == 0;

    /// <summary>Adds a glyph.</summary>
    public void Add(Glyph glyph)
    {
        _glyphs!.Add(glyph);
        if (glyph.IsSpace)
        {
            return;
        }

        Start = Math.Min(Start, glyph.Start);
        End = Math.Max(End, glyph.End);
        if (glyph.Size > Size * 1.2)
        {
            Size = glyph.Size;
            Baseline = glyph.Baseline;
        }
    }

    /// <summary>Takes over all of another line.</summary>
    public void Add(TextLine other)
    {
        foreach (Glyph glyph in other._glyphs!)
        {
            Add(glyph);
        }

        Order = Math.Min(Order, other.Order);
    }

    /// <summary>Whether another line lies in a gap of this one: a sign that was drawn later, from another font.</summary>
    public bool HasRoomFor(TextLine other)
    {
        double margin = Size * 0.1;
        return other.Start > Start && other.End < End
            && !_glyphs!.Exists(glyph => !glyph.IsSpace && glyph.Start < other.End - margin && glyph.End > other.Start + margin);
    }

    /// <summary>Takes over a finished line to the right, a space between them.</summary>
    public void Join(TextLine right)
    {
        _text = $"{Text} {right.Text}";
        End = Math.Max(End, right.End);
        EndsWithSpace = right.EndsWithSpace;
        if (right.Text.Length > 3)
        {
            Size = right.Size;
            IsBold = right.IsBold;
        }
    }

    /// <summary>Writes the text and forgets the glyphs.</summary>
    public void Close()
    {
        List<Glyph> glyphs = _glyphs!;
        bool inOrder = true;
        for (int i = 1; i < glyphs.Count && inOrder; i++)
        {
            inOrder = glyphs[i].Start >= glyphs[i - 1].Start;
        }

        if (!inOrder)
        {
            glyphs = [.. glyphs.OrderBy(glyph => glyph.Start)];
        }

        List<Glyph> drawn = [.. glyphs.Where(glyph => !glyph.IsSpace)];
        IsBold = drawn.Count(glyph => glyph.IsBold) >= drawn.Count * 0.9;
        if (drawn.Count > 0)
        {
            Size = drawn.GroupBy(glyph => Math.Round(glyph.Size * 2) / 2).MaxBy(group => group.Count())!.Key is > 0 and double most
                ? most
                : Size;
        }

        _text = Written(glyphs, Threshold(glyphs, drawn.Count), out double firstWordEnd);
        FirstWord = firstWordEnd - Start;
        EndsWithSpace = glyphs[^1].IsSpace;
        _glyphs = null;
    }

    // The gap above which two glyphs belong to two words, in parts of the size.
    private static double Threshold(List<Glyph> glyphs, int drawn)
    {
        List<double> gaps = [];
        int spaces = 0;
        for (int i = 1; i < glyphs.Count; i++)
        {
            if (glyphs[i].IsSpace)
            {
                spaces++;
            }
            else if (!glyphs[i - 1].IsSpace)
            {
                gaps.Add((glyphs[i].Start - glyphs[i - 1].End) / glyphs[i].Size);
            }
        }

        double least = spaces > 0 && spaces * 14 >= drawn ? WordGapBesideSpaces : WordGap;
        if (gaps.Count < 4)
        {
            return least;
        }

        gaps.Sort();
        double usual = gaps[gaps.Count / 2];
        return usual > Spaced ? Math.Max(least, usual * 1.8) : least;
    }

    private static string Written(List<Glyph> glyphs, double threshold, out double firstWordEnd)
    {
        StringBuilder text = new();
        Glyph? before = null;
        bool space = false;
        bool first = true;
        firstWordEnd = 0;
        foreach (Glyph glyph in glyphs)
        {
            if (glyph.IsSpace)
            {
                space = true;
                continue;
            }

            if (before is { } last && text.Length > 0
                && (space || glyph.Start - last.End > threshold * Math.Min(glyph.Size, last.Size)))
            {
                text.Append(' ');
                first = false;
            }

            firstWordEnd = first ? glyph.End : firstWordEnd;
            text.Append(glyph.Text);
            before = glyph;
            space = false;
        }

        return text.ToString().Normalize(NormalizationForm.FormC).Trim();
    }
}
