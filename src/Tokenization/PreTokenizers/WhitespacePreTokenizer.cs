using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Runs of word characters and runs of anything else but white space (<c>\w+|[^\w\s]+</c>).</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text) => text.DivideEach(Divide);

    private static void Divide(ReadOnlySpan<int> piece, List<PatternMatch> pieces)
    {
        int start = 0;
        while (start < piece.Length)
        {
            if (CharacterSets.IsWhiteSpace(piece[start]))
            {
                start++;
                continue;
            }

            bool isWord = CharacterSets.IsWord(piece[start]);
            int end = start + 1;
            while (end < piece.Length && !CharacterSets.IsWhiteSpace(piece[end]) && CharacterSets.IsWord(piece[end]) == isWord)
            {
                end++;
            }

            pieces.Add(new PatternMatch(start, end, false));
            start = end;
        }
    }
}
