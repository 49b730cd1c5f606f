namespace LlmPlatform.Tokenization;

/// <summary>Where a token lies in the text: <c>[Start, End)</c>, in code points of the original text.</summary>
/// <param name="Start">The first code point.</param>
/// <param name="End">One past the last code point.</param>
public readonly record struct TokenOffset(int Start, int End);
