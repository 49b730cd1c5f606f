using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>Takes the white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public void Normalize(AlignedText text)
    {
        int start = 0;
        int end = text.Count;
        while (left && start < end && CharacterSets.IsWhiteSpace(text.CodePoints[start]))
        {
            start++;
        }

        while (right && end > start && CharacterSets.IsWhiteSpace(text.CodePoints[end - 1]))
        {
            end--;
        }

        if (end - start < text.Count)
        {
            text.BeginRewrite();
            text.Keep(start, end);
            text.EndRewrite();
        }
    }
}
