using LlmPlatform.Tokenization.Encodings;
using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>Takes the white space at the edges of byte-level tokens out of their offsets.</summary>
internal static class OffsetTrimming
{
    public static void Apply(EncodingData encoding, bool addPrefixSpace)
    {
        for (int i = 0; i < encoding.Count; i++)
        {
            encoding.Offsets[i] = Trim(encoding.Tokens[i], encoding.Offsets[i], isFirst: i == 0, addPrefixSpace);
        }

        foreach (EncodingData overflow in encoding.Overflowing)
        {
            Apply(overflow, addPrefixSpace);
        }
    }

    private static TokenOffset Trim(string token, TokenOffset offset, bool isFirst, bool addPrefixSpace)
    {
        int[] characters = CodePoints.Decode(token);
        int leading = characters.TakeWhile(IsSpace).Count();
        int trailing = characters.Reverse().TakeWhile(IsSpace).Count();
        (int start, int end) = offset;
        if (leading > 0)
        {
            // A single space before the first token was put there by the pre-tokenizer; it has no place in the text.
            bool added = leading == 1 && (isFirst || start == 0) && addPrefixSpace;
            start = Math.Min(start + (added ? 0 : leading), end);
        }

        if (trailing > 0 && end >= trailing)
        {
            end = Math.Max(end - trailing, start);
        }

        return new TokenOffset(start, end);
    }

    private static bool IsSpace(int character) =>
        character == ByteAlphabet.Character((byte)' ') || CharacterSets.IsWhiteSpace(character);
}
