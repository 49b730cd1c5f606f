using System.Text;

namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Replaces a text by another; an empty one stands between all characters and at both ends.</summary>
internal static class LiteralReplacement
{
    public static string Replace(string text, string old, string replacement)
    {
        if (old.Length > 0)
        {
            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        var result = new StringBuilder(replacement);
        foreach (Rune rune in text.EnumerateRunes())
        {
            result.Append(rune.ToString()).Append(replacement);
        }

        return result.ToString();
    }
}
