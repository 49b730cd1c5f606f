using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>One normalizer after the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<INormalizer> normalizers) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        foreach (INormalizer normalizer in normalizers)
        {
            normalizer.Normalize(text);
        }
    }
}
