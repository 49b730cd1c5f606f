namespace LlmPlatform.Tokenization.Trainers;

/// <summary>A vocabulary learned by merging.</summary>
/// <param name="Pieces">The tokens by id.</param>
/// <param name="Ids">The ids by token.</param>
/// <param name="Merges">The pairs of ids in the order in which they are to be merged.</param>
internal sealed record LearnedMerges(
    IReadOnlyList<string> Pieces, IReadOnlyDictionary<string, int> Ids, IReadOnlyList<(int Left, int Right)> Merges);
