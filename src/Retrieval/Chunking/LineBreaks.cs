namespace LlmPlatform.Retrieval.Chunking;

/// <summary>
/// Whether a line was broken on purpose or only because it was full. A writer or program that fills lines puts each word on
/// the line as long as it fits: where the next word would have fitted into the paragraph's longest line, the break means
/// something. Lines that go on with a small letter were wrapped; blank lines and list markers always part.
/// </summary>
internal ref struct LineBreaks(ReadOnlySpan<char> text)
{
    // Nobody fills lines that are shorter.
    private const int LeastColumns = 40;

    private readonly ReadOnlySpan<char> _text = text;
    private int _paragraphEnd = -1;
    private int _longest;

    /// <summary>Whether the line end at <paramref name="position"/> ends a sentence.</summary>
    public bool IsEnd(ReadOnlySpan<char> text, int position)
    {
        int next = position + 1;
        while (next < text.Length && text[next] is ' ' or '\t')
        {
            next++;
        }

        if (next >= text.Length || text[next] is '\n' || IsListMarker(text, next))
        {
            return true;
        }

        if (char.IsLower(text[next]))
        {
            return false;
        }

        if (position > _paragraphEnd)
        {
            MeasureParagraph(position);
        }

        int start = text[..position].LastIndexOf('\n') + 1;
        int wordEnd = next;
        while (wordEnd < text.Length && !char.IsWhiteSpace(text[wordEnd]))
        {
            wordEnd++;
        }

        return WidthOf(text[start..position]) + 1 + WidthOf(text[next..wordEnd]) <= _longest;
    }

    // From the paragraph that a line end lies in: the width of its longest line.
    private void MeasureParagraph(int position)
    {
        int start = _text[..position].LastIndexOf("\n\n") is int blank and >= 0 ? blank + 2 : 0;
        int length = _text[start..].IndexOf("\n\n");
        _paragraphEnd = length < 0 ? _text.Length : start + length;
        _longest = LeastColumns;
        foreach (Range line in _text[start.._paragraphEnd].Split('\n'))
        {
            _longest = Math.Max(_longest, WidthOf(_text[start.._paragraphEnd][line]));
        }
    }

    // Columns: Hangul and Chinese characters take two.
    private static int WidthOf(ReadOnlySpan<char> text)
    {
        int width = 0;
        foreach (char c in text)
        {
            width += c >= '\u1100' ? 2 : 1;
        }

        return width;
    }

    // A bullet, or a number with a period or bracket, and a space.
    private static bool IsListMarker(ReadOnlySpan<char> text, int position)
    {
        int end = position;
        if (text[end] is '-' or '*' or '+' or '•' or '·' or '‣' or '▪' or '◦' or '※')
        {
            end++;
        }
        else
        {
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '.' or ')'))
            {
                end++;
            }

            if (!text[position..end].ContainsAny('.', ')') || !char.IsAsciiDigit(text[position]))
            {
                return false;
            }
        }

        return end < text.Length && text[end] == ' ';
    }
}
