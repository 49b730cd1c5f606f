namespace LlmPlatform.Training.Data;

/// <summary>A text, or a block of texts one after the other.</summary>
/// <param name="InputIds">Tokens.</param>
/// <param name="TokenTypeIds">For a text with its pair: 0 for tokens of the text, 1 for those of the pair; null: all 0.</param>
public sealed record TextExample(int[] InputIds, int[]? TokenTypeIds = null);
