using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>BERT's frame: <c>[CLS] A [SEP]</c>, <c>[CLS] A [SEP] B [SEP]</c>; the pair is segment 1.</summary>
internal sealed class BertProcessing(SpecialToken sep, SpecialToken cls) : IPostProcessor
{
    public IdAffixes? SingleAffixes { get; } = new(cls.Ids, sep.Ids);

    public int AddedTokens(bool isPair) => isPair ? 3 : 2;

    public List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens) => addSpecialTokens
        ? [.. encodings.Select((encoding, i) => Frame.Around(encoding, i, i == 0 ? cls : null, sep, typeId: i, overwritesTypeIds: false))]
        : encodings;
}
