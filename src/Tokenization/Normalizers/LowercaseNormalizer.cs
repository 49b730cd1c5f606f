using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Lower case, character by character: sigma is always σ, and İ becomes i with a dot above.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public void Normalize(AlignedText text) => Lowercase(text);

    public static void Lowercase(AlignedText text)
    {
        Span<int> codePoints = text.CodePoints;
        if (!codePoints.Contains(CaseMapping.CapitalIWithDot))
        {
            foreach (ref int codePoint in codePoints)
            {
                codePoint = CaseMapping.ToLower(codePoint);
            }

            return;
        }

        text.BeginRewrite();
        for (int i = 0; i < text.Count; i++)
        {
            int codePoint = text.CodePoints[i];
            text.Put(CaseMapping.ToLower(codePoint), i);
            if (codePoint == CaseMapping.CapitalIWithDot)
            {
                text.Put(CaseMapping.DotAbove, i);
            }
        }

        text.EndRewrite();
    }
}
