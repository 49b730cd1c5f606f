namespace LlmPlatform.Retrieval.Chunking;

/// <summary>Counts the tokens that texts cost an encoder.</summary>
public interface ITokenCounter
{
    /// <summary>The number of tokens of each text, without special tokens.</summary>
    ValueTask<IReadOnlyList<int>> CountAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken);
}
