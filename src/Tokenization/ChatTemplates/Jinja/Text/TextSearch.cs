using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>Splitting, replacing, stripping and counting, all by ordinal comparison.</summary>
internal static class TextSearch
{
    internal static string Replace(string text, string old, string replacement, int count)
    {
        if (count == 0)
        {
            return text;
        }

        if (old.Length == 0)
        {
            return Intersperse(text, replacement, count);
        }

        OutputBuffer result = new();
        int from = 0;
        for (int at = text.IndexOf(old, StringComparison.Ordinal);
            at >= 0 && count != 0;
            at = text.IndexOf(old, from, StringComparison.Ordinal), count--)
        {
            result.Append(text[from..at]);
            result.Append(replacement);
            from = at + old.Length;
        }

        result.Append(text[from..]);
        return result.ToString();
    }

    /// <summary>Pieces between the separators, from the left.</summary>
    internal static List<string> Split(string text, string separator, int maxSplits)
    {
        List<string> pieces = [];
        int from = 0;
        for (int at = Find(text, separator, from);
            at >= 0 && maxSplits != 0;
            at = Find(text, separator, from), maxSplits--)
        {
            RenderBudget.ItemCount(pieces.Count + 1L);
            pieces.Add(text[from..at]);
            from = at + separator.Length;
        }

        pieces.Add(text[from..]);
        return pieces;
    }

    /// <summary>Pieces between the separators, from the right, where the number of splits is limited.</summary>
    internal static List<string> SplitFromEnd(string text, string separator, int maxSplits)
    {
        if (separator.Length == 0)
        {
            throw ChatTemplateException.Value("empty separator");
        }

        List<string> pieces = [];
        string rest = text;
        for (int at = rest.LastIndexOf(separator, StringComparison.Ordinal);
            at >= 0 && maxSplits != 0;
            at = rest.LastIndexOf(separator, StringComparison.Ordinal), maxSplits--)
        {
            RenderBudget.Text(rest);
            pieces.Add(rest[(at + separator.Length)..]);
            rest = rest[..at];
        }

        pieces.Add(rest);
        pieces.Reverse();
        return pieces;
    }

    /// <summary>Words between runs of white space; the last one of a limited number keeps what follows it.</summary>
    internal static List<string> SplitWords(string text, int maxSplits)
    {
        List<string> words = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && Whitespace.IsSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return words;
            }

            if (maxSplits-- == 0)
            {
                words.Add(text[at..]);
                return words;
            }

            int end = at;
            while (end < text.Length && !Whitespace.IsSpace(text[end]))
            {
                end++;
            }

            RenderBudget.ItemCount(words.Count + 1L);
            words.Add(text[at..end]);
            at = end;
        }
    }

    /// <summary>As <see cref="SplitWords"/>, from the right.</summary>
    internal static List<string> SplitWordsFromEnd(string text, int maxSplits)
    {
        string Mirror(string value) => new([.. value.Reverse()]);
        List<string> words = SplitWords(Mirror(text), maxSplits);
        words.Reverse();
        return [.. words.Select(Mirror)];
    }

    internal static List<string> SplitLines(string text, bool keepEnds)
    {
        List<string> lines = [];
        int from = 0;
        while (from < text.Length)
        {
            int end = from;
            while (end < text.Length && !Whitespace.IsLineBreak(text[end]))
            {
                end++;
            }

            int next = end < text.Length && text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            next = Math.Min(next, text.Length);
            RenderBudget.ItemCount(lines.Count + 1L);
            lines.Add(text[from..(keepEnds ? next : end)]);
            from = next;
        }

        return lines;
    }

    internal static int CountOf(string text, string part)
    {
        if (part.Length == 0)
        {
            return CodePoints.Count(text) + 1;
        }

        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    /// <summary>Takes white space, or any of the given characters, from the ends.</summary>
    internal static string Strip(string text, string? characters, bool atStart, bool atEnd)
    {
        if (characters is null)
        {
            string stripped = atStart ? Whitespace.StripStart(text) : text;
            return atEnd ? Whitespace.StripEnd(stripped) : stripped;
        }

        HashSet<int> set = [.. CodePoints.Of(characters)];
        int[] points = CodePoints.Of(text);
        int start = 0;
        int end = points.Length;
        while (atStart && start < end && set.Contains(points[start]))
        {
            start++;
        }

        while (atEnd && end > start && set.Contains(points[end - 1]))
        {
            end--;
        }

        return CodePoints.ToText(points.AsSpan(start, end - start));
    }

    private static int Find(string text, string separator, int from) => separator.Length > 0
        ? text.IndexOf(separator, from, StringComparison.Ordinal)
        : throw ChatTemplateException.Value("empty separator");

    // The empty text is found before each character and at the end.
    private static string Intersperse(string text, string replacement, int count)
    {
        OutputBuffer result = new();
        foreach (object? character in CodePoints.Each(text))
        {
            if (count != 0)
            {
                result.Append(replacement);
                count--;
            }

            result.Append((string)character!);
        }

        result.Append(count == 0 ? "" : replacement);
        return result.ToString();
    }
}
