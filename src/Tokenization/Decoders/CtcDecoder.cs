namespace LlmPlatform.Tokenization.Decoders;

/// <summary>
/// Connectionist temporal classification (Graves et al. 2006): equal neighbours are one token, padding is nothing.
/// </summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiterToken, bool cleanup) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
            {
                continue;
            }

            string token = LiteralReplacement.Replace(tokens[i], padToken, "");
            if (cleanup)
            {
                token = LiteralReplacement.Replace(WordPieceDecoder.Cleanup(token), wordDelimiterToken, " ");
            }

            if (token.Length > 0)
            {
                result.Add(token);
            }
        }

        return result;
    }
}
