using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Puts a text, as it is, in the place of every match.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : INormalizer
{
    private readonly int[] _content = CodePoints.Decode(content);

    public void Normalize(AlignedText text)
    {
        var matches = new List<PatternMatch>();
        pattern.FindMatches(text.CodePoints, matches);
        if (!matches.Exists(match => match.IsMatch))
        {
            return;
        }

        text.BeginRewrite();
        foreach (PatternMatch match in matches)
        {
            if (!match.IsMatch)
            {
                text.Keep(match.Start, match.End);
                continue;
            }

            // The new text comes from the last character it replaces, or from the one before an empty match.
            foreach (int codePoint in _content)
            {
                text.Put(codePoint, match.End - 1);
            }
        }

        text.EndRewrite();
    }
}
