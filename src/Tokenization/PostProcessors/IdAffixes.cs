namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>The ids that stand before and after a single text.</summary>
internal sealed record IdAffixes(int[] Before, int[] After)
{
    public static IdAffixes None { get; } = new([], []);
}
