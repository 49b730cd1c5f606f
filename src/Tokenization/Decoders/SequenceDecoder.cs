namespace LlmPlatform.Tokenization.Decoders;

/// <summary>One decoder after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<IDecoder> decoders) : IDecoder
{
    public List<string> Decode(List<string> tokens) =>
        decoders.Aggregate(tokens, (current, decoder) => decoder.Decode(current));
}
