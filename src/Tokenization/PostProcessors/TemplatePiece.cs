namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>A part of a template: a special token, or a member of the input (0: the text, 1: its pair).</summary>
internal sealed record TemplatePiece(SpecialToken? Token, int Sequence, int TypeId);
