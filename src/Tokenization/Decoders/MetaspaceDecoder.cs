namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Turns the visible stand-in for spaces back; at the beginning, where it was put before the text, it goes.</summary>
internal sealed class MetaspaceDecoder(string replacement, bool prepends) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = tokens[i].Replace(replacement, i == 0 && prepends ? "" : " ", StringComparison.Ordinal);
        }

        return tokens;
    }
}
