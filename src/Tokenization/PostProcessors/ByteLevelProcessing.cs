using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>Trims the offsets of byte-level tokens; adds nothing.</summary>
internal sealed class ByteLevelProcessing(bool trimOffsets, bool addPrefixSpace) : IPostProcessor
{
    public IdAffixes? SingleAffixes => IdAffixes.None;

    public int AddedTokens(bool isPair) => 0;

    public List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens)
    {
        for (int i = 0; i < encodings.Count; i++)
        {
            if (trimOffsets)
            {
                OffsetTrimming.Apply(encodings[i], addPrefixSpace);
            }

            encodings[i].SetSequence(i);
        }

        return encodings;
    }
}
