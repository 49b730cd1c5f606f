namespace LlmPlatform.Retrieval.Chunking;

/// <summary>A part of a text.</summary>
/// <param name="Start">Its first UTF-16 code unit.</param>
/// <param name="End">Behind its last one.</param>
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>UTF-16 code units.</summary>
    public int Length => End - Start;
}
