using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>Adds special tokens and segments around the one or two members of an input.</summary>
internal interface IPostProcessor
{
    /// <summary>What it puts around the ids of a single text; null where it does more than that.</summary>
    IdAffixes? SingleAffixes { get; }

    /// <summary>How many tokens it adds.</summary>
    int AddedTokens(bool isPair);

    List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens);
}
