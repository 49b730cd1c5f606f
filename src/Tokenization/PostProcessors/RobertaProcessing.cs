using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>RoBERTa's frame: <c>&lt;s&gt; A &lt;/s&gt;</c>, <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>; all is segment 0.</summary>
internal sealed class RobertaProcessing(
    SpecialToken sep, SpecialToken cls, bool trimOffsets, bool addPrefixSpace) : IPostProcessor
{
    public IdAffixes? SingleAffixes { get; } = new(cls.Ids, sep.Ids);

    public int AddedTokens(bool isPair) => isPair ? 4 : 2;

    public List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens)
    {
        foreach (EncodingData encoding in encodings)
        {
            if (trimOffsets)
            {
                OffsetTrimming.Apply(encoding, addPrefixSpace);
            }

            encoding.SetTypeIds(0);
        }

        return addSpecialTokens
            ? [.. encodings.Select((encoding, i) => Frame.Around(encoding, i, i == 0 ? cls : sep, sep, typeId: 0, overwritesTypeIds: true))]
            : encodings;
    }
}
