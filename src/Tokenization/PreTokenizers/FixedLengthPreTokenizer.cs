using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Splits into pieces of the same number of code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : IPreTokenizer
{
    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text) => text.DivideEach((piece, pieces) =>
    {
        for (int start = 0; start < piece.Length; start += Math.Min(length, piece.Length - start))
        {
            pieces.Add(new PatternMatch(start, start + Math.Min(length, piece.Length - start), false));
        }
    });
}
