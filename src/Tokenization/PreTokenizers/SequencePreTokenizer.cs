using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<IPreTokenizer> preTokenizers) : IPreTokenizer
{
    public bool NeedsOrigins { get; } = preTokenizers.Any(preTokenizer => preTokenizer.NeedsOrigins);

    public void PreTokenize(PreTokenizedText text)
    {
        foreach (IPreTokenizer preTokenizer in preTokenizers)
        {
            preTokenizer.PreTokenize(text);
        }
    }
}
