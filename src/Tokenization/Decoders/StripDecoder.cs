using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Takes up to <paramref name="start"/> and <paramref name="stop"/> times a character off the ends of each token.</summary>
internal sealed class StripDecoder(int content, int start, int stop) : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = Strip(tokens[i]);
        }

        return tokens;
    }

    private string Strip(string token)
    {
        int[] characters = CodePoints.Decode(token);
        int from = 0;
        while (from < Math.Min(start, characters.Length) && characters[from] == content)
        {
            from++;
        }

        int to = characters.Length;
        for (int i = 0; i < stop; i++)
        {
            int index = characters.Length - i - 1;
            if (index < 0)
            {
                throw TooShort();
            }

            if (characters[index] != content)
            {
                break;
            }

            to = index;
        }

        return from <= to ? CodePoints.Encode(characters.AsSpan(from, to - from)) : throw TooShort();
    }

    private TokenizationException TooShort() =>
        new($"The decoder Strip cannot take {start} and {stop} characters off a token that is shorter.");
}
