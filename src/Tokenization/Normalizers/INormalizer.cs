using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Cleans a text before it is split.</summary>
internal interface INormalizer
{
    void Normalize(AlignedText text);
}
