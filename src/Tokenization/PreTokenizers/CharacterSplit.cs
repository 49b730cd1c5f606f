using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Splits at single characters that a predicate accepts.</summary>
internal sealed class CharacterSplit(Predicate<int> isDelimiter, SplitBehavior behavior) : IPreTokenizer
{
    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text) => text.DivideEach(Divide);

    private void Divide(ReadOnlySpan<int> piece, List<PatternMatch> pieces)
    {
        int done = 0;
        for (int i = 0; i < piece.Length; i++)
        {
            if (isDelimiter(piece[i]))
            {
                if (done < i)
                {
                    pieces.Add(new PatternMatch(done, i, false));
                }

                pieces.Add(new PatternMatch(i, i + 1, true));
                done = i + 1;
            }
        }

        if (done < piece.Length)
        {
            pieces.Add(new PatternMatch(done, piece.Length, false));
        }

        SplitBehaviors.Apply(behavior, pieces);
    }
}
