namespace LlmPlatform.Retrieval.Chunking;

/// <summary>How documents are cut.</summary>
/// <param name="MaxTokens">Tokens of a chunk at most.</param>
/// <param name="OverlapTokens">Tokens that neighbouring chunks share at most, in whole sentences.</param>
public sealed record ChunkingOptions(int MaxTokens = 400, int OverlapTokens = 40)
{
    /// <summary>The least <see cref="MaxTokens"/>.</summary>
    public const int LeastMaxTokens = 100;

    /// <summary>The most <see cref="MaxTokens"/>.</summary>
    public const int MostMaxTokens = 4096;
}
