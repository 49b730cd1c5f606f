namespace LlmPlatform.Tokenization.Decoders;

/// <summary>Turns tokens back into text.</summary>
internal interface IDecoder
{
    /// <summary>Changes a list of tokens; the text is what the last decoder leaves, joined.</summary>
    List<string> Decode(List<string> tokens);
}
