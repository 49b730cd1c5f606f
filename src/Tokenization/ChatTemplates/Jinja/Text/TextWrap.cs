namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Breaks a paragraph into lines, as Python's <c>textwrap</c> does without touching tabs and line breaks.</summary>
internal static class TextWrap
{
    internal static List<string> Wrap(string text, int width, bool breakLongWords, bool breakOnHyphens)
    {
        if (width <= 0)
        {
            throw ChatTemplateException.Value($"invalid width {width} (must be > 0)");
        }

        LinkedList<string> chunks = new(Chunks(text, breakOnHyphens));
        List<string> lines = [];
        while (chunks.First is not null)
        {
            // A line that follows another does not begin with white space.
            if (lines.Count > 0 && Whitespace.IsAll(chunks.First.Value))
            {
                chunks.RemoveFirst();
                continue;
            }

            string line = TakeLine(chunks, width, breakLongWords, breakOnHyphens);
            if (line.Length > 0)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static string TakeLine(LinkedList<string> chunks, int width, bool breakLongWords, bool breakOnHyphens)
    {
        List<string> line = [];
        int length = 0;
        while (chunks.First is { } next && length + CodePoints.Count(next.Value) <= width)
        {
            length += CodePoints.Count(next.Value);
            line.Add(next.Value);
            chunks.RemoveFirst();
        }

        if (chunks.First is { } tooLong && CodePoints.Count(tooLong.Value) > width)
        {
            if (breakLongWords)
            {
                int room = width - length;
                int at = BreakPlace(tooLong.Value, room, breakOnHyphens);
                line.Add(tooLong.Value[..at]);
                tooLong.Value = tooLong.Value[at..];
            }
            else if (line.Count == 0)
            {
                line.Add(tooLong.Value);
                chunks.RemoveFirst();
            }
        }

        if (line.Count > 0 && Whitespace.IsAll(line[^1]))
        {
            line.RemoveAt(line.Count - 1);
        }

        return string.Concat(line);
    }

    private static int BreakPlace(string word, int room, bool breakOnHyphens)
    {
        int at = CodePoints.ToUtf16(word, room);
        int hyphen = breakOnHyphens ? word.LastIndexOf('-', Math.Max(at - 1, 0)) : -1;
        bool afterText = hyphen > 0 && word.AsSpan(0, hyphen).ContainsAnyExcept('-');
        return afterText ? hyphen + 1 : at;
    }

    // Words, white space between them, and parts of words up to a hyphen between letters.
    private static IEnumerable<string> Chunks(string text, bool breakOnHyphens)
    {
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            bool isEnd = i == text.Length
                || Whitespace.IsSpace(text[i]) != Whitespace.IsSpace(text[i - 1])
                || (breakOnHyphens && IsHyphenBreak(text, i));
            if (isEnd)
            {
                yield return text[start..i];
                start = i;
            }
        }
    }

    private static bool IsHyphenBreak(string text, int at) =>
        at >= 3 && text[at - 1] == '-' && char.IsLetter(text[at]) && char.IsLetter(text[at - 2])
        && (char.IsLetter(text[at - 3]) || text[at - 3] == '-')
        && at + 1 < text.Length && (char.IsLetter(text[at + 1]) || text[at + 1] == '-');
}
