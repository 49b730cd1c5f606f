using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>A plain text. The empty one matches between all characters and at both ends.</summary>
internal sealed class LiteralPattern(string literal) : Pattern
{
    private readonly int[] _literal = CodePoints.Decode(literal);

    protected override void Find(ReadOnlySpan<int> text, List<PatternMatch> matches)
    {
        if (_literal.Length == 0)
        {
            for (int i = 0; i <= text.Length; i++)
            {
                matches.Add(new PatternMatch(i, i, true));
            }

            return;
        }

        for (int start = 0; ;)
        {
            int found = text[start..].IndexOf(_literal);
            if (found < 0)
            {
                return;
            }

            matches.Add(new PatternMatch(start + found, start + found + _literal.Length, true));
            start += found + _literal.Length;
        }
    }
}
