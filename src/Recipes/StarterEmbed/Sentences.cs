namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>Cuts paragraphs into sentences.</summary>
internal static class Sentences
{
    /// <summary>The sentences of a paragraph: each ends with a mark before a space, or a line.</summary>
    /// <param name="paragraph">One paragraph; list items are lines of it.</param>
    public static IEnumerable<string> Of(string paragraph)
    {
        foreach (string line in paragraph.Split('\n'))
        {
            int start = 0;
            for (int i = 0; i < line.Length; i++)
            {
                if (line[i] is '.' or '!' or '?' or '。' && i + 1 < line.Length && line[i + 1] == ' ' && !IsAbbreviation(line, i))
                {
                    yield return Plain(line[start..(i + 1)]);
                    start = i + 1;
                }
            }

            yield return Plain(line[start..]);
        }
    }

    /// <summary>Whether a paragraph is a heading: short, one line, and without the mark of a sentence's end.</summary>
    /// <param name="paragraph">The paragraph.</param>
    public static bool IsHeading(string paragraph) =>
        paragraph.Length is >= 2 and <= 80 && !paragraph.Contains('\n', StringComparison.Ordinal) && char.IsLetter(paragraph[0])
        && paragraph[^1] is not ('.' or '!' or '?' or ':' or ',' or ';' or '。');

    // The marks of list items and headings go, and blanks in a row become one.
    private static string Plain(string text) =>
        string.Join(' ', text.TrimStart('-', '*', '#', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // A number of a list (1.), an initial (H. C.), e.g. and i.e. end no sentence.
    private static bool IsAbbreviation(string line, int dot)
    {
        int start = line.LastIndexOf(' ', Math.Max(0, dot - 1)) + 1;
        ReadOnlySpan<char> word = line.AsSpan(start, dot - start);
        return word.Length <= 1 || (word.Length == 2 && char.IsAsciiDigit(word[0]) && char.IsAsciiDigit(word[1])) || word is "e.g" or "i.e" or "Mr" or "Mrs" or "Dr" or "St" or "vs" or "etc";
    }
}
