using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>BERT's clean-up: control characters, spaces around Chinese characters, accents, case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseChars, bool stripAccents, bool lowercase) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        if (cleanText)
        {
            CleanText(text);
        }

        if (handleChineseChars)
        {
            SeparateChinese(text);
        }

        if (stripAccents && HasNonAscii(text))
        {
            UnicodeNormalizer.Nfd.Normalize(text);
            text.Filter(codePoint => !CharacterSets.IsNonSpacingMark(codePoint));
        }

        if (lowercase)
        {
            LowercaseNormalizer.Lowercase(text);
        }
    }

    private static void CleanText(AlignedText text)
    {
        text.Filter(codePoint => codePoint is not (0 or CodePoints.Replacement) && !IsControl(codePoint));
        foreach (ref int codePoint in text.CodePoints)
        {
            codePoint = CharacterSets.IsWhiteSpace(codePoint) ? ' ' : codePoint;
        }
    }

    private static bool IsControl(int codePoint) =>
        codePoint is not ('\t' or '\n' or '\r') && CharacterSets.IsControlOrFormat(codePoint);

    private static void SeparateChinese(AlignedText text)
    {
        if (!text.CodePoints.ContainsAnyExceptInRange(0, CharacterSets.FirstChinese - 1))
        {
            return;
        }

        text.BeginRewrite();
        for (int i = 0; i < text.Count; i++)
        {
            int codePoint = text.CodePoints[i];
            bool isChinese = CharacterSets.IsChinese(codePoint);
            if (isChinese)
            {
                text.Put(' ', i);
            }

            text.Put(codePoint, i);
            if (isChinese)
            {
                text.Put(' ', i);
            }
        }

        text.EndRewrite();
    }

    private static bool HasNonAscii(AlignedText text) => text.CodePoints.ContainsAnyExceptInRange(0, 0x7F);
}
