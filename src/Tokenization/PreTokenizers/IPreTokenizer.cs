using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Splits a normalized text into pieces that the model turns into tokens one by one.</summary>
internal interface IPreTokenizer
{
    /// <summary>Whether the result depends on where pieces lie in the original text.</summary>
    bool NeedsOrigins { get; }

    void PreTokenize(PreTokenizedText text);
}
