using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Splits at what a pattern matches; inverted, at what it does not match.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text) => text.DivideEach(Divide);

    private void Divide(ReadOnlySpan<int> piece, List<PatternMatch> pieces)
    {
        pattern.FindMatches(piece, pieces);
        if (invert)
        {
            foreach (ref PatternMatch match in CollectionsMarshal.AsSpan(pieces))
            {
                match = match with { IsMatch = !match.IsMatch };
            }
        }

        SplitBehaviors.Apply(behavior, pieces);
    }
}
