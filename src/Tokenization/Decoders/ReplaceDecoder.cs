using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Replaces what a pattern matches in each token.</summary>
internal sealed class ReplaceDecoder(Pattern pattern, string content) : IDecoder
{
    private readonly int[] _content = CodePoints.Decode(content);

    public List<string> Decode(List<string> tokens)
    {
        var matches = new List<PatternMatch>();
        for (int i = 0; i < tokens.Count; i++)
        {
            matches.Clear();
            int[] token = CodePoints.Decode(tokens[i]);
            pattern.FindMatches(token, matches);
            if (matches.Exists(match => match.IsMatch))
            {
                tokens[i] = CodePoints.Encode(
                    [.. matches.SelectMany(match => match.IsMatch ? _content : token[match.Start..match.End])]);
            }
        }

        return tokens;
    }
}
