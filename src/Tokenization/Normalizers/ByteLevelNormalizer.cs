using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Writes the text in the byte alphabet.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public void Normalize(AlignedText text)
    {
        text.BeginRewrite();
        ByteAlphabet.Rewrite(text, 0, text.Count);
        text.EndRewrite();
    }
}
