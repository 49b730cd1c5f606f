using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Puts a text before the text, unless that is empty.</summary>
internal sealed class PrependNormalizer(string prepend) : INormalizer
{
    private readonly int[] _prepend = CodePoints.Decode(prepend);

    public void Normalize(AlignedText text) => text.Prepend(_prepend);
}
