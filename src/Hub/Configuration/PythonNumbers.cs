namespace LlmPlatform.Hub.Configuration;

/// <summary>Python writes NaN, Infinity and -Infinity, which are not JSON.</summary>
internal static class PythonNumbers
{
    private static readonly byte[][] Words = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <summary>The same text with these words, where they stand outside of strings, as null.</summary>
    public static ReadOnlyMemory<byte> ToNull(ReadOnlyMemory<byte> json)
    {
        ReadOnlySpan<byte> text = json.Span;
        if (text.IndexOf("NaN"u8) < 0 && text.IndexOf("Infinity"u8) < 0)
        {
            return json;
        }

        List<byte> clean = new(text.Length);
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte[]? word = inString ? null : WordAt(text[i..]);
            if (word is not null)
            {
                clean.AddRange("null"u8);
                i += word.Length - 1;
                continue;
            }

            clean.Add(text[i]);
            if (inString && text[i] == '\\' && i + 1 < text.Length)
            {
                clean.Add(text[++i]);
            }
            else if (text[i] == '"')
            {
                inString = !inString;
            }
        }

        return clean.ToArray();
    }

    private static byte[]? WordAt(ReadOnlySpan<byte> text)
    {
        foreach (byte[] word in Words)
        {
            if (text.StartsWith(word))
            {
                return word;
            }
        }

        return null;
    }
}
