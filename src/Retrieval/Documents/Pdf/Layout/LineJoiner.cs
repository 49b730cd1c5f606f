using System.Text;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>
/// Joins the lines of a paragraph. What a line end means is told by the whole document: whether it divides words with
/// hyphens, and whether Korean lines end where words end.
/// </summary>
internal sealed class LineJoiner
{
    private const double HyphenatedShare = 0.03;
    private const double FewHyphens = 3;
    private const double KoreanSpaces = 0.1;
    private const double OtherSpaces = 0.6;
    private const double Ragged = 0.7;

    private readonly bool _dividesWords;
    private readonly bool _koreanEndsAtWords;
    private readonly bool _koreanSpacesAreDrawn;
    private readonly bool _otherSpacesAreDrawn;
    private readonly HashSet<string> _words;

    /// <summary>Looks at the line ends of a document.</summary>
    public LineJoiner(IEnumerable<Paragraph> paragraphs)
    {
        int ends = 0;
        int hyphens = 0;
        int korean = 0;
        int koreanSpaces = 0;
        int otherSpaces = 0;
        List<double> rests = [];
        _words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (Paragraph paragraph in paragraphs)
        {
            for (int i = 0; i < paragraph.Lines.Count; i++)
            {
                TextLine line = paragraph.Lines[i];
                AddWords(line.Text);
                if (i + 1 == paragraph.Lines.Count)
                {
                    continue;
                }

                ends++;
                TextLine next = paragraph.Lines[i + 1];
                hyphens += IsDivided(line.Text, next.Text) ? 1 : 0;
                if (IsKorean(line.Text[^1]) && IsKorean(next.Text[0]))
                {
                    korean++;
                    koreanSpaces += line.EndsWithSpace ? 1 : 0;
                    rests.Add((paragraph.Right - line.End) / line.Size);
                }
                else
                {
                    otherSpaces += line.EndsWithSpace ? 1 : 0;
                }
            }
        }

        _dividesWords = hyphens >= FewHyphens && hyphens >= ends * HyphenatedShare;
        _koreanSpacesAreDrawn = koreanSpaces > 0 && koreanSpaces >= korean * KoreanSpaces;
        _otherSpacesAreDrawn = otherSpaces > 0 && otherSpaces >= (ends - korean) * OtherSpaces;
        rests.Sort();
        _koreanEndsAtWords = rests.Count > 0 && rests[rests.Count / 2] > Ragged;
    }

    /// <summary>A paragraph's text.</summary>
    public string Join(IReadOnlyList<TextLine> lines)
    {
        StringBuilder text = new(lines[0].Text);
        for (int i = 1; i < lines.Count; i++)
        {
            TextLine above = lines[i - 1];
            string next = lines[i].Text;
            char last = text[^1];
            if (last == '\u00AD')
            {
                text.Length--;
            }
            else if (!above.EndsWithSpace && IsDivided(above.Text, next) && Divides(above.Text, next))
            {
                text.Length--;
            }
            else if (!Adjoins(above, next))
            {
                text.Append(' ');
            }

            text.Append(next);
        }

        return text.ToString();
    }

    // A hyphen between letters or digits stays, without a space; so do syllables of a word and signs of Chinese or Japanese.
    private bool Adjoins(TextLine above, string next)
    {
        string text = above.Text;
        char last = text[^1];
        char first = next[0];
        if (above.EndsWithSpace)
        {
            return false;
        }

        if (last is '-' or '\u2010')
        {
            return text.Length > 1 && char.IsLetterOrDigit(text[^2]) && char.IsLetterOrDigit(first);
        }

        if (IsKorean(last) && IsKorean(first))
        {
            return _koreanSpacesAreDrawn || !_koreanEndsAtWords;
        }

        // Where the writer draws the space that ends a line, a line without one ends inside a word.
        if (char.IsLetter(last) && char.IsLetter(first) && _otherSpacesAreDrawn)
        {
            return true;
        }

        return IsIdeograph(last) && IsIdeograph(first);
    }

    private static bool IsDivided(string above, string next) =>
        above.Length > 2 && above[^1] is '-' or '\u2010' && char.IsLower(above[^2]) && char.IsLower(above[^3]) && char.IsLower(next[0]);

    // Whether the hyphen only marks the line end: the word occurs without it, or the document divides words.
    private bool Divides(string above, string next)
    {
        string left = above[(above.LastIndexOf(' ') + 1)..^1];
        int end = 0;
        while (end < next.Length && char.IsLetter(next[end]))
        {
            end++;
        }

        string right = next[..end];
        return !_words.Contains($"{left}-{right}") && (_words.Contains(left + right) || _dividesWords);
    }

    private void AddWords(string line)
    {
        const int MostWords = 200_000;
        if (_words.Count > MostWords)
        {
            return;
        }

        foreach (Range range in line.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = line.AsSpan(range).Trim(".,;:!?()[]\"'“”‘’");
            if (word.Length > 3 && word[^1] != '-' && char.IsAsciiLetter(word[0]))
            {
                _words.Add(word.ToString());
            }
        }
    }

    private static bool IsKorean(char c) => c is >= '\uAC00' and <= '\uD7A3';

    private static bool IsIdeograph(char c) => c is >= '\u3040' and <= '\u30FF' or >= '\u4E00' and <= '\u9FFF';
}
