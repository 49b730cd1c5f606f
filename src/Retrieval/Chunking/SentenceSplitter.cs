namespace LlmPlatform.Retrieval.Chunking;

/// <summary>
/// Finds the sentences of Korean and English text by rules. Abbreviations, initials, numbers, versions, dates, addresses,
/// list markers and quotations within a sentence do not end it; Korean sentences may follow each other without a space.
/// A line end is an end where the line was broken on purpose (<see cref="LineBreaks"/>).
/// </summary>
public static class SentenceSplitter
{
    // A quotation or bracket that is longer is read as if it were none: its sentences count.
    private const int MostQuoted = 400;

    private const string Closers = "\"'”’)]}」』》〉】*_`";
    private const string Openers = "\"'“‘([{「『《〈【*_`";
    private const string PairOpeners = "“‘([「『《〈【";
    private const string PairClosers = "”’)]」』》〉】";

    // What may follow a quotation, behind a space: "...다." 라고 말했다.
    private static readonly string[] Particles = ["라고", "이라고", "라며", "이라며", "라는", "이라는", "라면서", "하고", "하며", "고 ", "며 ", "면서"];

    /// <summary>The sentences in order, without the white space around them; together they hold all other characters.</summary>
    public static IReadOnlyList<TextSpan> Split(ReadOnlySpan<char> text)
    {
        List<TextSpan> sentences = [];
        LineBreaks lines = new(text);
        int start = 0;
        int quotedUntil = -1;
        bool isBracketed = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                if (lines.IsEnd(text, i))
                {
                    Add(text, ref start, i);
                    quotedUntil = -1;
                }
            }
            else if (i > quotedUntil && FindClosing(text, i) is int closing and > 0)
            {
                quotedUntil = closing;
                isBracketed = c is '(' or '[' && !text[start..i].Trim().IsEmpty;
            }
            else if (IsTerminator(c))
            {
                int behind = BehindTerminators(text, i);
                int end = BehindClosers(text, behind);
                bool isFree = i >= quotedUntil || (end > quotedUntil && !isBracketed);
                if (isFree && IsEnd(text, start, i, behind, end))
                {
                    Add(text, ref start, end);
                    quotedUntil = -1;
                    i = end - 1;
                }
                else
                {
                    i = behind - 1;
                }
            }
        }

        Add(text, ref start, text.Length);
        return sentences;

        void Add(ReadOnlySpan<char> all, ref int from, int to)
        {
            int first = from;
            int last = to;
            while (first < last && char.IsWhiteSpace(all[first]))
            {
                first++;
            }

            while (last > first && char.IsWhiteSpace(all[last - 1]))
            {
                last--;
            }

            if (first < last)
            {
                sentences.Add(new TextSpan(first, last));
            }

            from = to;
        }
    }

    internal static bool IsKorean(char c) => c is (>= '가' and <= '힣') or (>= 'ㄱ' and <= 'ㅣ');

    private static bool IsTerminator(char c) => c is '.' or '!' or '?' or '…' || IsWide(c) || c is '~';

    // They end a sentence without a space.
    private static bool IsWide(char c) => c is '。' or '！' or '？' or '｡';

    private static int BehindTerminators(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length && IsTerminator(text[position]))
        {
            position++;
        }

        return position;
    }

    // Quotation marks, brackets and the numbers of notes that stand directly behind the terminator.
    private static int BehindClosers(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length)
        {
            if (Closers.Contains(text[position]))
            {
                position++;
            }
            else if (BehindNote(text, position) is int behind and > 0)
            {
                position = behind;
            }
            else
            {
                break;
            }
        }

        return position;
    }

    private static int BehindNote(ReadOnlySpan<char> text, int position)
    {
        if (text[position] != '[')
        {
            return 0;
        }

        int end = position + 1;
        while (end < text.Length && end < position + 4 && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end > position + 1 && end < text.Length && text[end] == ']' ? end + 1 : 0;
    }

    private static bool IsEnd(ReadOnlySpan<char> text, int start, int terminator, int behind, int end)
    {
        if (end >= text.Length)
        {
            return true;
        }

        char before = terminator > 0 ? text[terminator - 1] : ' ';
        if (!char.IsWhiteSpace(text[end]))
        {
            return end == behind && (IsWide(text[behind - 1]) || IsUnspacedEnd(text, terminator, behind));
        }

        int next = end;
        while (next < text.Length && (char.IsWhiteSpace(text[next]) || Openers.Contains(text[next])))
        {
            next++;
        }

        if (next == text.Length)
        {
            return true;
        }

        if (text[terminator] == '~')
        {
            return IsKorean(before) && IsKorean(text[next]);
        }

        if (end > behind && IsKorean(text[next]) && StartsWithParticle(text[next..]))
        {
            return false;
        }

        // What goes on with a small letter is the same sentence, but Korean may be followed by a command's name.
        if (char.IsLower(text[next]) && !IsKorean(before))
        {
            return false;
        }

        return behind - terminator > 1 || text[terminator] != '.' || PeriodRules.IsEnd(text, start, terminator, next);
    }

    // 했다.그리고: a final ending, directly followed by Hangul.
    private static bool IsUnspacedEnd(ReadOnlySpan<char> text, int terminator, int behind) => terminator > 1
        && text[terminator] is '.' or '!' or '?' && text[terminator - 1] is '다' or '요' or '죠' or '까' or '네' or '오'
        && IsKorean(text[terminator - 2]) && IsKorean(text[behind]);

    private static bool StartsWithParticle(ReadOnlySpan<char> text)
    {
        foreach (string particle in Particles)
        {
            if (text.StartsWith(particle))
            {
                return true;
            }
        }

        return false;
    }

    // Where the quotation, bracket or code span that opens here closes; 0 where none opens.
    private static int FindClosing(ReadOnlySpan<char> text, int position)
    {
        char c = text[position];
        int pair = PairOpeners.IndexOf(c);
        bool isStraight = c is '"' or '`' || (c == '\'' && (position == 0 || char.IsWhiteSpace(text[position - 1])));
        if (pair < 0 && !(isStraight && (position == 0 || !char.IsAsciiLetterOrDigit(text[position - 1]))))
        {
            return 0;
        }

        char closer = pair < 0 ? c : PairClosers[pair];
        int depth = 1;
        int limit = Math.Min(text.Length, position + MostQuoted);
        for (int i = position + 1; i < limit; i++)
        {
            if (text[i] == closer && (c != '\'' || i + 1 == text.Length || !char.IsAsciiLetter(text[i + 1])))
            {
                if (--depth == 0)
                {
                    return i;
                }
            }
            else if (pair >= 0 && text[i] == c)
            {
                depth++;
            }
            else if (text[i] == '\n' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                return 0;
            }
        }

        return 0;
    }
}
