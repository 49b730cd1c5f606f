namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>
/// A part of the rendered text that the assistant wrote, marked by <c>{% generation %}</c> in the template.
/// Ends are exclusive.
/// </summary>
/// <param name="Start">First position in UTF-16 units: an index into the .NET string.</param>
/// <param name="End">Position after the last one, in UTF-16 units.</param>
/// <param name="CodePointStart">First position in Unicode code points, as tokenizer offsets count.</param>
/// <param name="CodePointEnd">Position after the last one, in Unicode code points.</param>
public readonly record struct AssistantSpan(int Start, int End, int CodePointStart, int CodePointEnd);
