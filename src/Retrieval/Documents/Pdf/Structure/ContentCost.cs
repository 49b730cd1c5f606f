namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>What a content stream will cost, told by looking over it once without making anything.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Letters">Bytes of strings, which become letters.</param>
/// <param name="Depth">How deep graphics states are kept.</param>
/// <param name="Forms">How often it draws forms and images, by name.</param>
internal sealed record ContentCost(long Bytes, long Letters, long Depth, IReadOnlyDictionary<string, int> Forms)
{
    private const int MostNames = 10_000;

    /// <summary>Looks over a stream. Inline images are read like operators, which may count a little too much.</summary>
    public static ContentCost Of(ReadOnlySpan<byte> content)
    {
        Dictionary<string, int> forms = [];
        long letters = 0;
        long depth = 0;
        long deepest = 0;
        string? name = null;
        int at = 0;
        while (at < content.Length)
        {
            byte value = content[at];
            if (value is (byte)'(')
            {
                int end = EndOfString(content, at);
                letters += end - at;
                at = end;
            }
            else if (value is (byte)'<' && at + 1 < content.Length && content[at + 1] != '<')
            {
                int length = content[at..].IndexOf((byte)'>');
                letters += length < 0 ? 0 : length / 2;
                at += Math.Max(length, 0) + 1;
            }
            else if (IsBreak(value))
            {
                at++;
            }
            else
            {
                int end = at + 1;
                while (end < content.Length && !IsBreak(content[end]) && content[end] is not ((byte)'(' or (byte)'<' or (byte)'/'))
                {
                    end++;
                }

                ReadOnlySpan<byte> word = content[at..end];
                depth += word.SequenceEqual("q"u8) ? 1 : word.SequenceEqual("Q"u8) && depth > 0 ? -1 : 0;
                deepest = Math.Max(deepest, depth);
                if (word.SequenceEqual("Do"u8) && name is not null && forms.Count < MostNames)
                {
                    forms[name] = forms.GetValueOrDefault(name) + 1;
                }

                name = word[0] == '/' ? System.Text.Encoding.Latin1.GetString(word[1..Math.Min(word.Length, 128)]) : null;
                at = end;
            }
        }

        return new ContentCost(content.Length, letters, deepest, forms);
    }

    private static bool IsBreak(byte value) => value is <= (byte)' ' or (byte)'[' or (byte)']' or (byte)'>' or (byte)')';

    private static int EndOfString(ReadOnlySpan<byte> content, int start)
    {
        int depth = 0;
        for (int i = start; i < content.Length; i++)
        {
            switch (content[i])
            {
                case (byte)'\\':
                    i++;
                    break;
                case (byte)'(':
                    depth++;
                    break;
                case (byte)')' when --depth == 0:
                    return i + 1;
            }
        }

        return content.Length;
    }
}
