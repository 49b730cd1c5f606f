namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Joins all tokens to one, so that the decoders after it see the whole text.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}
