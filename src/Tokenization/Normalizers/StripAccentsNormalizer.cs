using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Removes combining marks. It takes apart nothing: put NFD or NFKD before it.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    public void Normalize(AlignedText text) => text.Filter(codePoint => !CharacterSets.IsCombiningMark(codePoint));
}
