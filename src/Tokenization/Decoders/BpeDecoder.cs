namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Turns the mark at the end of words into a space, and into nothing at the end of the text.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = LiteralReplacement.Replace(tokens[i], suffix, i == tokens.Count - 1 ? "" : " ");
        }

        return tokens;
    }
}
