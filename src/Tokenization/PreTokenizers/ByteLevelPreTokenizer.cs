using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's splitting (Radford et al. 2019): words with the space before them, numbers, punctuation, spaces; then each piece
/// in the byte alphabet.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly RegexPattern Words =
        new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text)
    {
        if (addPrefixSpace)
        {
            text.RewriteEach(AddSpace);
        }

        if (useRegex)
        {
            text.DivideEach(Words.FindMatches);
        }

        text.RewriteEach((whole, split) => ByteAlphabet.Rewrite(whole, split.Start, split.End));
    }

    private static void AddSpace(AlignedText text, Split split)
    {
        if (text.CodePoints[split.Start] != ' ')
        {
            text.Put(' ', split.Start);
        }

        text.Keep(split.Start, split.End);
    }
}
