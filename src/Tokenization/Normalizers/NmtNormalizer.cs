using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>The clean-up of sentencepiece's nmt rules: control characters go, odd spaces become spaces.</summary>
internal sealed class NmtNormalizer : INormalizer
{
    private const int Control = -1;

    public void Normalize(AlignedText text)
    {
        text.Filter(codePoint => Clean(codePoint) != Control);
        foreach (ref int codePoint in text.CodePoints)
        {
            codePoint = Clean(codePoint);
        }
    }

    private static int Clean(int codePoint) => codePoint switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => Control,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF
            or 0xFFFD => ' ',
        _ => codePoint,
    };
}
