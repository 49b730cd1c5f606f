namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>What a template's special token stands for: one or more ids and their tokens.</summary>
internal sealed record SpecialToken(int[] Ids, string[] Tokens)
{
    public SpecialToken(int id, string token)
        : this([id], [token])
    {
    }
}
