using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>One post-processor after the other.</summary>
internal sealed class SequenceProcessing(IReadOnlyList<IPostProcessor> processors) : IPostProcessor
{
    public IdAffixes? SingleAffixes { get; } = FindAffixes(processors);

    public int AddedTokens(bool isPair) => processors.Sum(processor => processor.AddedTokens(isPair));

    public List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens) => processors.Aggregate(
        encodings,
        (current, processor) => current.Count <= 2
            ? processor.Process(current, addSpecialTokens)
            : throw new TokenizationException(
                $"A post-processor within a sequence takes one or two parts, not the {current.Count} of the one before it."));

    // Only one may add tokens, since a second one would frame the parts of the first.
    private static IdAffixes? FindAffixes(IReadOnlyList<IPostProcessor> processors)
    {
        IPostProcessor[] adding = [.. processors.Where(processor => processor.SingleAffixes != IdAffixes.None)];
        return adding.Length switch
        {
            0 => IdAffixes.None,
            1 when processors[^1] == adding[0] => adding[0].SingleAffixes,
            _ => null,
        };
    }
}
